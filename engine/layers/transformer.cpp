#include "engine/layers/transformer.hpp"

#include <fmt/format.h>

#include "engine/kernels/kernels.hpp"

namespace infodiet::engine {

namespace {

template <class T>
void add(Matrix<T>& y, const Matrix<T>& x) {
  kernels::best<T>().add(y.data(), x.data(), x.size());
}

template <class T>
std::vector<PreNormBlock<T>> make_blocks(ParameterLayout& layout, const std::string& name,
                                         const TransformerOptions& options) {
  std::vector<PreNormBlock<T>> blocks;
  blocks.reserve(options.blocks);
  for (std::size_t i = 0; i < options.blocks; ++i)
    blocks.emplace_back(layout, fmt::format("{}.block.{}", name, i), options);
  return blocks;
}

}  // namespace

template <class T>
PreNormBlock<T>::PreNormBlock(ParameterLayout& layout, const std::string& name, const TransformerOptions& options)
    : attention_norm_(layout, name + ".attention_norm", options.width),
      attention_(
          layout, name + ".attention",
          {.width = options.width, .heads = options.heads, .mask = options.mask, .dropout = options.attention_dropout}),
      attention_dropout_(layout, options.dropout),
      forward_norm_(layout, name + ".forward_norm", options.width),
      feed_forward_(layout, name + ".feed_forward",
                    {.width = options.width, .hidden = options.hidden, .dropout = options.dropout}),
      forward_dropout_(layout, options.dropout) {}

template <class T>
void PreNormBlock<T>::forward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass,
                              const Matrix<T>& x, Cache& cache, Workspace<T>& workspace, Matrix<T>& y) const {
  attention_norm_.forward(parameters, x, cache.attention_norm, cache.attention_in);
  attention_.forward(parameters, batch, pass, cache.attention_in, cache.attention, workspace, cache.middle);
  attention_dropout_.apply(pass, cache.middle);
  add(cache.middle, x);
  forward_norm_.forward(parameters, cache.middle, cache.forward_norm, cache.forward_in);
  feed_forward_.forward(parameters, pass, cache.forward_in, cache.feed_forward, y);
  forward_dropout_.apply(pass, y);
  add(y, cache.middle);
}

template <class T>
void PreNormBlock<T>::backward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass,
                               const Matrix<T>& x, const Cache& cache, Workspace<T>& workspace, Matrix<T>& gradient,
                               Parameters<T>& gradients) const {
  auto branch = workspace.take(x.shape(0), x.shape(1));
  auto dnormed = workspace.take(x.shape(0), x.shape(1));
  // forward: y = middle + dropout(feed_forward(norm(middle)))
  *branch = gradient;
  forward_dropout_.apply(pass, *branch);
  feed_forward_.backward(parameters, pass, cache.forward_in, cache.feed_forward, *branch, workspace, *dnormed,
                         gradients);
  forward_norm_.backward(parameters, cache.middle, cache.forward_norm, *dnormed, *branch, gradients);
  add(gradient, *branch);
  // forward: middle = x + dropout(attention(norm(x)))
  *branch = gradient;
  attention_dropout_.apply(pass, *branch);
  attention_.backward(parameters, batch, pass, cache.attention_in, cache.attention, *branch, workspace, *dnormed,
                      gradients);
  attention_norm_.backward(parameters, x, cache.attention_norm, *dnormed, *branch, gradients);
  add(gradient, *branch);
}

template <class T>
Transformer<T>::Transformer(ParameterLayout& layout, const std::string& name, const TransformerOptions& options)
    : options_(options), blocks_(make_blocks<T>(layout, name, options)), norm_(layout, name + ".norm", options.width) {}

template <class T>
Matrix<T>& Transformer<T>::input(Cache& cache) const {
  cache.inputs.resize(blocks_.size() + 1);
  cache.blocks.resize(blocks_.size());
  return cache.inputs.front();
}

template <class T>
void Transformer<T>::forward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, Cache& cache,
                             Workspace<T>& workspace, Matrix<T>& y) const {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    blocks_[i].forward(parameters, batch, pass, cache.inputs[i], cache.blocks[i], workspace, cache.inputs[i + 1]);
  }
  norm_.forward(parameters, cache.inputs.back(), cache.norm, y);
}

template <class T>
void Transformer<T>::backward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass,
                              const Cache& cache, Workspace<T>& workspace, Matrix<T>& gradient,
                              Parameters<T>& gradients) const {
  norm_.backward(parameters, cache.inputs.back(), cache.norm, gradient, gradient, gradients);
  for (std::size_t i = blocks_.size(); i-- > 0;) {
    blocks_[i].backward(parameters, batch, pass, cache.inputs[i], cache.blocks[i], workspace, gradient, gradients);
  }
}

template <class T>
Tensor<T, 3> Transformer<T>::weights(const Ragged& batch, const Cache& cache, std::size_t block,
                                     std::size_t sequence) const {
  return blocks_[block].attention().weights(batch, cache.blocks[block].attention, sequence);
}

template class PreNormBlock<float>;
template class PreNormBlock<double>;
template class Transformer<float>;
template class Transformer<double>;

}  // namespace infodiet::engine
