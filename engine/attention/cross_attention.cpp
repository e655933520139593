#include "engine/attention/cross_attention.hpp"

#include <algorithm>

#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
CrossAttention<T>::CrossAttention(ParameterLayout& layout, const std::string& name, const Options& options)
    : name_(name),
      width_(options.width),
      query_(layout, name + ".query", {.in = options.width, .out = options.width}),
      key_value_(layout, name + ".key_value", {.in = options.memory_width, .out = 2 * options.width}),
      heads_(layout, name, {.heads = options.heads, .dropout = options.dropout}),
      out_(layout, name + ".out", {.in = options.width, .out = options.width}) {
  require_heads(name, options.width, options.heads);
}

template <class T>
AttentionInputs<T> CrossAttention<T>::inputs(const Ragged& batch, const Memory<T>& memory, const Cache& cache) const {
  const MatrixSpan<const T> key_value(cache.key_value);
  return {.queries = batch,
          .keys = memory.batch,
          .query = cache.query,
          .key = key_value.cols_from(0, width_),
          .value = key_value.cols_from(width_, width_),
          .keep = memory.keep};
}

template <class T>
void CrossAttention<T>::forward(const Parameters<T>& parameters, const Ragged& batch, const Memory<T>& memory,
                                const Pass& pass, const Matrix<T>& x, Cache& cache, Workspace<T>& workspace,
                                Matrix<T>& y) const {
  require_size(x.shape(0), batch.tokens(), name_, "the input's number of tokens", "do the offsets belong to it?");
  require_size(memory.tokens.shape(0), memory.batch.tokens(), name_, "the memory's number of tokens",
               "do the offsets belong to it?");
  query_.forward(parameters, x, cache.query);
  key_value_.forward(parameters, memory.tokens, cache.key_value);
  cache.context.resize({batch.tokens(), width_});
  heads_.forward(parameters, inputs(batch, memory, cache), pass, cache.heads, workspace, cache.context);
  out_.forward(parameters, cache.context, y);
}

template <class T>
void CrossAttention<T>::backward(const Parameters<T>& parameters, const Ragged& batch, const Memory<T>& memory,
                                 const Pass& pass, const Matrix<T>& x, const Cache& cache, const Matrix<T>& dy,
                                 Workspace<T>& workspace, Matrix<T>& dx, Matrix<T>& dmemory,
                                 Parameters<T>& gradients) const {
  require_shape(dmemory, memory.tokens.shape(0), memory.tokens.shape(1), name_, "the memory's gradient",
                "it must have the memory's shape before the pass, since it is added to");
  auto dcontext = workspace.take(batch.tokens(), width_);
  auto dquery = workspace.take(batch.tokens(), width_);
  auto dkey_value = workspace.take(memory.batch.tokens(), 2 * width_);
  auto dtokens = workspace.take(memory.tokens.shape(0), memory.tokens.shape(1));
  // forward: y = context Wo + bo
  out_.backward(parameters, cache.context, dy, *dcontext, gradients);
  // forward: context = attention of the heads
  std::fill(dquery->begin(), dquery->end(), T{0});
  std::fill(dkey_value->begin(), dkey_value->end(), T{0});
  const MatrixSpan<T> span(*dkey_value);
  heads_.backward(inputs(batch, memory, cache), pass, cache.heads, cache.context, *dcontext,
                  {.query = *dquery, .key = span.cols_from(0, width_), .value = span.cols_from(width_, width_)},
                  workspace, gradients);
  // forward: (k, v) = memory W + b
  key_value_.backward(parameters, memory.tokens, *dkey_value, *dtokens, gradients);
  kernels::best<T>().add(dmemory.data(), dtokens->data(), dtokens->size());
  // forward: q = x Wq + bq
  query_.backward(parameters, x, *dquery, dx, gradients);
}

template <class T>
Tensor<T, 3> CrossAttention<T>::weights(const Ragged& batch, const Memory<T>& memory, const Cache& cache,
                                        std::size_t sequence) const {
  return heads_.weights(inputs(batch, memory, cache), cache.heads, sequence);
}

template class CrossAttention<float>;
template class CrossAttention<double>;

}  // namespace infodiet::engine
