#include "engine/attention/hstu_attention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/errors.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/matrix_ops.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
HstuAttention<T>::HstuAttention(ParameterLayout& layout, const std::string& name, const SelfAttentionOptions& options)
    : name_(name),
      width_(options.width),
      uvqk_(layout, name + ".uvqk", {.in = options.width, .out = 4 * options.width}),
      heads_(layout, name,
             {.heads = options.heads,
              .scale = ScoreScale::one,
              .mask = options.mask,
              .weighting = Weighting::pointwise_silu,
              .dropout = options.dropout,
              .relative = options.positions.relative,
              .longest_span = options.positions.longest_span,
              .intervals = options.positions.intervals}),
      norm_(layout, name + ".norm", options.width),
      out_(layout, name + ".out", {.in = options.width, .out = options.width}) {
  require_heads(name, options.width, options.heads);
  if (options.positions.rotary_longest > 0) {
    rotary_.emplace(name + ".rotary", options.positions.rotary_longest, options.width / options.heads);
  }
}

template <class T>
AttentionInputs<T> HstuAttention<T>::inputs(const Ragged& batch, const Matrix<T>& uvqk) const {
  const MatrixSpan<const T> all(uvqk);
  return {.queries = batch,
          .keys = batch,
          .query = all.cols_from(2 * width_, width_),
          .key = all.cols_from(3 * width_, width_),
          .value = all.cols_from(width_, width_)};
}

template <class T>
void HstuAttention<T>::project(const Run<T>& run, const Matrix<T>& x, Cache& cache) const {
  uvqk_.forward(run.parameters, x, cache.projected);
  cache.uvqk.resize(cache.projected.shape());
  kernels::best<T>().silu(cache.projected.data(), T{1}, cache.uvqk.data(), cache.projected.size());
}

template <class T>
void HstuAttention<T>::gate(const Run<T>& run, MatrixSpan<const T> u, Cache& cache, Matrix<T>& y) const {
  norm_.forward(run.parameters, cache.context, cache.norm, cache.normed);
  cache.gated.resize(cache.normed.shape());
  for (std::size_t t = 0; t < cache.gated.shape(0); ++t) {
    kernels::best<T>().product(&cache.normed(t, 0), u.row(t), &cache.gated(t, 0), width_);
  }
  out_.forward(run.parameters, cache.gated, y);
}

template <class T>
void HstuAttention<T>::forward(const Run<T>& run, const Ragged& batch, const Matrix<T>& x, Cache& cache,
                               Matrix<T>& y) const {
  require_size(x.shape(0), batch.tokens(), name_, "the input's number of tokens", "do the offsets belong to it?");
  project(run, x, cache);
  if (rotary_) rotary_->forward(batch, MatrixSpan<T>(cache.uvqk).cols_from(2 * width_, 2 * width_));
  cache.context.resize({x.shape(0), width_});
  heads_.forward(run, inputs(batch, cache.uvqk), cache.heads, cache.context);
  gate(run, cache.uvqk, cache, y);
}

template <class T>
void HstuAttention<T>::read_on(const Run<T>& run, const Continuation<T>& more, const Matrix<T>& x, Cache& cache,
                               Matrix<T>& y) const {
  if (rotary_) throw Error(fmt::format("{}: read_on does not support rotary positions", name_));
  project(run, x, cache);
  const MatrixSpan<const T> all(cache.uvqk);
  const MatrixSpan<T> added = more.past.extend(x.shape(0), width_);
  for (std::size_t t = 0; t < added.rows; ++t) {
    std::copy_n(all.row(t) + 3 * width_, width_, added.row(t));
    std::copy_n(all.row(t) + width_, width_, added.row(t) + width_);
  }
  const MatrixSpan<const T> asking = more.asking(all);
  const std::array<std::size_t, 2> offsets{0, asking.rows};
  const Ragged queries(offsets);
  cache.context.resize({asking.rows, width_});
  heads_.forward(run,
                 {.queries = queries,
                  .keys = more.whole,
                  .query = asking.cols_from(2 * width_, width_),
                  .key = more.past.keys(),
                  .value = more.past.values(),
                  .before = more.past.tokens() - asking.rows},
                 cache.heads, cache.context);
  gate(run, asking, cache, y);
}

template <class T>
void HstuAttention<T>::backward(const Run<T>& run, const Ragged& batch, const Matrix<T>& x, const Cache& cache,
                                Matrix<T>& gradient) const {
  require_size(cache.uvqk.shape(0), batch.tokens(), name_, "the cache's number of tokens",
               "is it from another forward pass?");
  const kernels::Table<T>& kernel = kernels::best<T>();
  Parameters<T>& gradients = run.required_gradients();
  auto dgated = run.workspace.take(batch.tokens(), width_);
  auto dcontext = run.workspace.take(batch.tokens(), width_);
  auto duvqk = run.workspace.take(batch.tokens(), 4 * width_);
  clear<T>(*duvqk);
  const MatrixSpan<T> all(*duvqk);
  // forward: y = gated Wo + bo
  out_.backward(run.parameters, cache.gated, gradient, *dgated, gradients);
  // forward: gated = normed * u
  for (std::size_t t = 0; t < batch.tokens(); ++t) {
    T* dgated_row = &(*dgated)(t, 0);
    kernel.product(dgated_row, &cache.normed(t, 0), all.row(t), width_);
    kernel.product(dgated_row, &cache.uvqk(t, 0), dgated_row, width_);
  }
  // forward: normed = norm(context)
  norm_.backward(run.parameters, cache.context, cache.norm, *dgated, *dcontext, gradients);
  // forward: context = attention of the heads
  heads_.backward(run, inputs(batch, cache.uvqk), cache.heads, cache.context, *dcontext,
                  {.query = all.cols_from(2 * width_, width_),
                   .key = all.cols_from(3 * width_, width_),
                   .value = all.cols_from(width_, width_)});
  // forward: q and k rotated
  if (rotary_) rotary_->backward(batch, all.cols_from(2 * width_, 2 * width_));
  // forward: uvqk = silu(projected); projected = x W + b
  kernel.silu_backward(cache.projected.data(), duvqk->data(), T{1}, duvqk->data(), duvqk->size());
  uvqk_.backward(run.parameters, x, *duvqk, gradient, gradients);
}

template <class T>
Tensor<T, 3> HstuAttention<T>::weights(const Ragged& batch, const Cache& cache, std::size_t sequence) const {
  return heads_.weights(inputs(batch, cache.uvqk), cache.heads, sequence);
}

template class HstuAttention<float>;
template class HstuAttention<double>;

}  // namespace infodiet::engine
