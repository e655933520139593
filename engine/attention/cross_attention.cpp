#include "engine/attention/cross_attention.hpp"

#include "engine/matrix_ops.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
CrossAttention<T>::CrossAttention(ParameterLayout& layout, const std::string& name, const Options& options)
    : name_(name),
      width_(options.width),
      query_(layout, name + ".query", {.in = options.width, .out = options.width}),
      key_value_(layout, name + ".key_value", {.in = options.memory_width, .out = 2 * options.width}),
      heads_(layout, name, {.heads = options.heads, .weighting = options.weighting, .dropout = options.dropout}),
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
void CrossAttention<T>::forward(const Run<T>& run, const Ragged& batch, const Memory<T>& memory, const Matrix<T>& x,
                                Cache& cache, Matrix<T>& y) const {
  require_size(x.shape(0), batch.tokens(), name_, "the input's number of tokens", "do the offsets belong to it?");
  require_size(memory.tokens.shape(0), memory.batch.tokens(), name_, "the memory's number of tokens",
               "do the offsets belong to it?");
  query_.forward(run.parameters, x, cache.query);
  key_value_.forward(run.parameters, memory.tokens, cache.key_value);
  cache.context.resize({batch.tokens(), width_});
  heads_.forward(run, inputs(batch, memory, cache), cache.heads, cache.context);
  out_.forward(run.parameters, cache.context, y);
}

template <class T>
void CrossAttention<T>::backward(const Run<T>& run, const Ragged& batch, const Memory<T>& memory, const Matrix<T>& x,
                                 const Cache& cache, Matrix<T>& gradient) const {
  require_shape(memory.gradient != nullptr ? Shape(*memory.gradient) : Shape(0, 0), memory.tokens, name_,
                "the memory's gradient", "it must have the memory's shape before the pass, since it is added to");
  Parameters<T>& gradients = run.required_gradients();
  auto dcontext = run.workspace.take(batch.tokens(), width_);
  auto dquery = run.workspace.take(batch.tokens(), width_);
  auto dkey_value = run.workspace.take(memory.batch.tokens(), 2 * width_);
  auto dtokens = run.workspace.take(memory.tokens.shape(0), memory.tokens.shape(1));
  // forward: y = context Wo + bo
  out_.backward(run.parameters, cache.context, gradient, *dcontext, gradients);
  // forward: context = attention of the heads
  clear<T>(*dquery);
  clear<T>(*dkey_value);
  const MatrixSpan<T> span(*dkey_value);
  heads_.backward(run, inputs(batch, memory, cache), cache.heads, cache.context, *dcontext,
                  {.query = *dquery, .key = span.cols_from(0, width_), .value = span.cols_from(width_, width_)});
  // forward: (k, v) = memory W + b
  key_value_.backward(run.parameters, memory.tokens, *dkey_value, *dtokens, gradients);
  if (memory.gradient != nullptr) add_to<T>(*memory.gradient, *dtokens);
  // forward: q = x Wq + bq
  query_.backward(run.parameters, x, *dquery, gradient, gradients);
}

template <class T>
Tensor<T, 3> CrossAttention<T>::weights(const Ragged& batch, const Memory<T>& memory, const Cache& cache,
                                        std::size_t sequence) const {
  return heads_.weights(inputs(batch, memory, cache), cache.heads, sequence);
}

template class CrossAttention<float>;
template class CrossAttention<double>;

}  // namespace infodiet::engine
