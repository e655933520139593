#include "engine/attention/self_attention.hpp"

#include <fmt/format.h>

#include <array>

#include "engine/errors.hpp"
#include "engine/matrix_ops.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
SelfAttention<T>::SelfAttention(ParameterLayout& layout, const std::string& name, const SelfAttentionOptions& options)
    : name_(name),
      width_(options.width),
      qkv_(layout, name + ".qkv", {.in = options.width, .out = 3 * options.width}),
      heads_(layout, name,
             {.heads = options.heads,
              .mask = options.mask,
              .weighting = options.weighting,
              .dropout = options.dropout,
              .relative = options.positions.relative,
              .longest_span = options.positions.longest_span,
              .intervals = options.positions.intervals}),
      out_(layout, name + ".out", {.in = options.width, .out = options.width}) {
  require_heads(name, options.width, options.heads);
  if (options.positions.rotary_longest > 0) {
    rotary_.emplace(name + ".rotary", options.positions.rotary_longest, options.width / options.heads);
  }
}

template <class T>
AttentionInputs<T> SelfAttention<T>::inputs(const Ragged& batch, const Matrix<T>& qkv) const {
  const MatrixSpan<const T> all(qkv);
  return {.queries = batch,
          .keys = batch,
          .query = all.cols_from(0, width_),
          .key = all.cols_from(width_, width_),
          .value = all.cols_from(2 * width_, width_)};
}

template <class T>
void SelfAttention<T>::forward(const Run<T>& run, const Ragged& batch, const Matrix<T>& x, Cache& cache,
                               Matrix<T>& y) const {
  require_size(x.shape(0), batch.tokens(), name_, "the input's number of tokens", "do the offsets belong to it?");
  qkv_.forward(run.parameters, x, cache.qkv);
  if (rotary_) rotary_->forward(batch, MatrixSpan<T>(cache.qkv).cols_from(0, 2 * width_));
  cache.context.resize({batch.tokens(), width_});
  heads_.forward(run, inputs(batch, cache.qkv), cache.heads, cache.context);
  out_.forward(run.parameters, cache.context, y);
}

template <class T>
void SelfAttention<T>::read_on(const Run<T>& run, const Continuation<T>& more, const Matrix<T>& x, Cache& cache,
                               Matrix<T>& y) const {
  if (rotary_) throw Error(fmt::format("{}: read_on does not support rotary positions", name_));
  const MatrixSpan<const T> asking = more.asking(MatrixSpan<const T>(x));
  cache.query.resize({asking.rows, width_});
  qkv_.forward_columns(run.parameters, asking, 0, cache.query);
  qkv_.forward_columns(run.parameters, x, width_, more.past.extend(x.shape(0), width_));
  const std::array<std::size_t, 2> offsets{0, asking.rows};
  const Ragged queries(offsets);
  cache.context.resize({asking.rows, width_});
  heads_.forward(run,
                 {.queries = queries,
                  .keys = more.whole,
                  .query = cache.query,
                  .key = more.past.keys(),
                  .value = more.past.values(),
                  .before = more.past.tokens() - asking.rows},
                 cache.heads, cache.context);
  out_.forward(run.parameters, cache.context, y);
}

template <class T>
void SelfAttention<T>::backward(const Run<T>& run, const Ragged& batch, const Matrix<T>& x, const Cache& cache,
                                Matrix<T>& gradient) const {
  require_size(cache.qkv.shape(0), batch.tokens(), name_, "the cache's number of tokens",
               "is it from another forward pass?");
  // forward: y = context Wo + bo
  auto dcontext = run.workspace.take(batch.tokens(), width_);
  out_.backward(run.parameters, cache.context, gradient, *dcontext, run.required_gradients());
  // forward: context = attention of the heads of qkv
  auto dqkv = run.workspace.take(batch.tokens(), 3 * width_);
  clear<T>(*dqkv);
  const MatrixSpan<T> all(*dqkv);
  heads_.backward(run, inputs(batch, cache.qkv), cache.heads, cache.context, *dcontext,
                  {.query = all.cols_from(0, width_),
                   .key = all.cols_from(width_, width_),
                   .value = all.cols_from(2 * width_, width_)});
  // forward: q and k rotated
  if (rotary_) rotary_->backward(batch, all.cols_from(0, 2 * width_));
  // forward: qkv = x W + b
  qkv_.backward(run.parameters, x, *dqkv, gradient, run.required_gradients());
}

template <class T>
Tensor<T, 3> SelfAttention<T>::weights(const Ragged& batch, const Cache& cache, std::size_t sequence) const {
  return heads_.weights(inputs(batch, cache.qkv), cache.heads, sequence);
}

template class SelfAttention<float>;
template class SelfAttention<double>;

}  // namespace infodiet::engine
