#include "engine/transformer/transformer.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"

namespace infodiet::engine {

template <class T>
Transformer<T>::Transformer(ParameterLayout& layout, const std::string& name, const TransformerOptions& options)
    : options_(options) {
  blocks_.reserve(options.blocks);
  for (std::size_t i = 0; i < options.blocks; ++i) {
    blocks_.emplace_back(layout, fmt::format("{}.block.{}", name, i), options);
  }
  if (options.kind != BlockKind::post_norm) norm_.emplace(layout, name + ".norm", options.width);
}

template <class T>
Matrix<T>& Transformer<T>::input(Cache& cache) const {
  cache.inputs.resize(blocks_.size() + 1);
  cache.blocks.resize(blocks_.size());
  return cache.inputs.front();
}

template <class T>
void Transformer<T>::forward(const Run<T>& run, const Ragged& batch, Cache& cache, Matrix<T>& y,
                             const Memory<T>* memory) const {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    blocks_[i].forward(run, batch, memory, cache.inputs[i], cache.blocks[i], cache.inputs[i + 1]);
  }
  end(run, cache, y);
}

template <class T>
void Transformer<T>::read_on(const Run<T>& run, const Ragged& whole, std::vector<Past<T>>& pasts, Cache& cache,
                             Matrix<T>& y) const {
  if (options_.mask != Mask::causal) throw Error("transformer: read_on needs a causal mask");
  pasts.resize(blocks_.size());
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Outputs outputs = i + 1 < blocks_.size() ? Outputs::of_all : Outputs::of_last;
    blocks_[i].read_on(run, {.whole = whole, .past = pasts[i], .outputs = outputs}, cache.inputs[i], cache.blocks[i],
                       cache.inputs[i + 1]);
  }
  end(run, cache, y);
}

template <class T>
void Transformer<T>::end(const Run<T>& run, Cache& cache, Matrix<T>& y) const {
  if (norm_) {
    norm_->forward(run.parameters, cache.inputs.back(), cache.norm, y);
  } else {
    y = cache.inputs.back();
  }
}

template <class T>
void Transformer<T>::backward(const Run<T>& run, const Ragged& batch, const Cache& cache, Matrix<T>& gradient,
                              const Memory<T>* memory) const {
  if (norm_) {
    norm_->backward(run.parameters, cache.inputs.back(), cache.norm, gradient, gradient, run.required_gradients());
  }
  for (std::size_t i = blocks_.size(); i-- > 0;) {
    blocks_[i].backward(run, batch, memory, cache.inputs[i], cache.blocks[i], gradient);
  }
}

template <class T>
Tensor<T, 3> Transformer<T>::weights(const Ragged& batch, const Cache& cache, std::size_t block,
                                     std::size_t sequence) const {
  return blocks_[block].weights(batch, cache.blocks[block], sequence);
}

template <class T>
Tensor<T, 3> Transformer<T>::memory_weights(const Ragged& batch, const Memory<T>& memory, const Cache& cache,
                                            std::size_t block, std::size_t sequence) const {
  return blocks_[block].memory_weights(batch, memory, cache.blocks[block], sequence);
}

template class Transformer<float>;
template class Transformer<double>;

}  // namespace infodiet::engine
