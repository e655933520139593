#include "engine/layers/self_attention.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/errors.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
SelfAttention<T>::SelfAttention(ParameterLayout& layout, const std::string& name, const Options& options)
    : name_(name),
      options_(options),
      qkv_(layout, name + ".qkv", {.in = options.width, .out = 3 * options.width}),
      out_(layout, name + ".out", {.in = options.width, .out = options.width}),
      dropout_(layout, options.dropout) {
  if (options.heads == 0 || options.width % options.heads != 0) {
    throw ShapeError(fmt::format("{}: width {} cannot be cut into {} heads: the number of heads must divide the width",
                                 name, options.width, options.heads));
  }
}

template <class T>
AttentionHead<T> SelfAttention<T>::head_of(const Ragged& batch, const Pass& pass, const Matrix<T>& qkv,
                                           std::size_t sequence, std::size_t head) const {
  const std::size_t head_width = options_.width / options_.heads;
  const std::size_t begin = batch.begin(sequence);
  const MatrixSpan<const T> rows = MatrixSpan<const T>(qkv).rows_from(begin, batch.length(sequence));
  return {.query = rows.cols_from(head * head_width, head_width),
          .key = rows.cols_from(options_.width + head * head_width, head_width),
          .value = rows.cols_from(2 * options_.width + head * head_width, head_width),
          .scale = static_cast<T>(1 / std::sqrt(static_cast<double>(head_width))),
          .mask = options_.mask,
          .dropout = dropout_,
          .pass = pass,
          .dropout_rows = {.first = static_cast<std::uint32_t>((pass.first_token + begin) * options_.heads + head),
                           .step = static_cast<std::uint32_t>(options_.heads)}};
}

template <class T>
void SelfAttention<T>::forward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass,
                               const Matrix<T>& x, Cache& cache, Workspace<T>& workspace, Matrix<T>& y) const {
  require_size(x.shape(0), batch.tokens(), name_, "the input's number of tokens", "do the offsets belong to it?");
  qkv_.forward(parameters, x, cache.qkv);
  cache.context.resize({batch.tokens(), options_.width});
  cache.log_sums.resize({batch.tokens(), options_.heads});
  const std::size_t head_width = options_.width / options_.heads;
  for (std::size_t sequence = 0; sequence < batch.sequences(); ++sequence) {
    const std::size_t begin = batch.begin(sequence);
    const MatrixSpan<T> context = MatrixSpan<T>(cache.context).rows_from(begin, batch.length(sequence));
    for (std::size_t head = 0; head < options_.heads; ++head) {
      attend<T>(head_of(batch, pass, cache.qkv, sequence, head), context.cols_from(head * head_width, head_width),
                cache.log_sums.data() + begin * options_.heads + head, options_.heads, workspace);
    }
  }
  out_.forward(parameters, cache.context, y);
}

template <class T>
void SelfAttention<T>::backward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass,
                                const Matrix<T>& x, const Cache& cache, const Matrix<T>& dy, Workspace<T>& workspace,
                                Matrix<T>& dx, Parameters<T>& gradients) const {
  require_size(cache.qkv.shape(0), batch.tokens(), name_, "the cache's number of tokens",
               "is it from another forward pass?");
  // forward: y = context Wo + bo
  auto dcontext = workspace.take(batch.tokens(), options_.width);
  out_.backward(parameters, cache.context, dy, *dcontext, gradients);
  auto dqkv = workspace.take(batch.tokens(), 3 * options_.width);
  const std::size_t head_width = options_.width / options_.heads;
  for (std::size_t sequence = 0; sequence < batch.sequences(); ++sequence) {
    const std::size_t begin = batch.begin(sequence);
    const MatrixSpan<const T> sequence_dcontext =
        MatrixSpan<const T>(*dcontext).rows_from(begin, batch.length(sequence));
    const MatrixSpan<T> rows = MatrixSpan<T>(*dqkv).rows_from(begin, batch.length(sequence));
    for (std::size_t head = 0; head < options_.heads; ++head) {
      attend_backward<T>(head_of(batch, pass, cache.qkv, sequence, head),
                         sequence_dcontext.cols_from(head * head_width, head_width),
                         cache.log_sums.data() + begin * options_.heads + head, options_.heads,
                         {.query = rows.cols_from(head * head_width, head_width),
                          .key = rows.cols_from(options_.width + head * head_width, head_width),
                          .value = rows.cols_from(2 * options_.width + head * head_width, head_width)},
                         workspace);
    }
  }
  // forward: qkv = x W + b
  qkv_.backward(parameters, x, *dqkv, dx, gradients);
}

template <class T>
Tensor<T, 3> SelfAttention<T>::weights(const Ragged& batch, const Cache& cache, std::size_t sequence) const {
  const std::size_t length = batch.length(sequence);
  Tensor<T, 3> result;
  result.resize({options_.heads, length, length});
  for (std::size_t head = 0; head < options_.heads; ++head) {
    attention_weights<T>(head_of(batch, {}, cache.qkv, sequence, head),
                         {result.data() + head * length * length, length, length});
  }
  return result;
}

template class SelfAttention<float>;
template class SelfAttention<double>;

}  // namespace infodiet::engine
