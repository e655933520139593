// A stack of transformer blocks. With no mask it is an encoder, with a causal one a decoder; with a memory, the decoder
// of an encoder-decoder (engine/transformer/encoder_decoder.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/transformer/block.hpp"

namespace infodiet::engine {

/// Blocks one after the other, then a layer norm unless blocks end in one. Parameters "<name>.block.<i>.*" and
/// "<name>.norm.*".
template <class T>
class Transformer {
 public:
  struct Cache {
    std::vector<Matrix<T>> inputs;  ///< (T, D) the input of each block, then the last one's output
    std::vector<typename TransformerBlock<T>::Cache> blocks;
    typename LayerNorm<T>::Cache norm;
  };

  Transformer(ParameterLayout& layout, const std::string& name, const TransformerOptions& options);

  /// The matrix (T, D) that the caller fills with the input before `forward`.
  Matrix<T>& input(Cache& cache) const;

  /// y (T, D) from input(cache).
  void forward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, Cache& cache,
               Workspace<T>& workspace, Matrix<T>& y) const {
    forward(parameters, batch, nullptr, pass, cache, workspace, y);
  }
  /// The same of a stack made with a memory_width.
  void forward(const Parameters<T>& parameters, const Ragged& batch, const Memory<T>& memory, const Pass& pass,
               Cache& cache, Workspace<T>& workspace, Matrix<T>& y) const {
    forward(parameters, batch, &memory, pass, cache, workspace, y);
  }

  /// `gradient` (T, D) comes in as dy and leaves as the gradient of the input; adds to the parameters' gradients.
  void backward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, const Cache& cache,
                Workspace<T>& workspace, Matrix<T>& gradient, Parameters<T>& gradients) const {
    backward(parameters, batch, nullptr, pass, cache, workspace, gradient, nullptr, gradients);
  }
  /// The same of a stack made with a memory_width; adds to dmemory (Tm, Dm).
  void backward(const Parameters<T>& parameters, const Ragged& batch, const Memory<T>& memory, const Pass& pass,
                const Cache& cache, Workspace<T>& workspace, Matrix<T>& gradient, Matrix<T>& dmemory,
                Parameters<T>& gradients) const {
    backward(parameters, batch, &memory, pass, cache, workspace, gradient, &dmemory, gradients);
  }

  /// Attention weights (H, L, L) of one block and sequence of the batch last run forward into `cache`.
  Tensor<T, 3> weights(const Ragged& batch, const Cache& cache, std::size_t block, std::size_t sequence) const;
  /// Weights (H, L, Lm) of a block's attention to the memory.
  Tensor<T, 3> memory_weights(const Ragged& batch, const Memory<T>& memory, const Cache& cache, std::size_t block,
                              std::size_t sequence) const;

  const TransformerOptions& options() const { return options_; }

 private:
  void forward(const Parameters<T>& parameters, const Ragged& batch, const Memory<T>* memory, const Pass& pass,
               Cache& cache, Workspace<T>& workspace, Matrix<T>& y) const;
  void backward(const Parameters<T>& parameters, const Ragged& batch, const Memory<T>* memory, const Pass& pass,
                const Cache& cache, Workspace<T>& workspace, Matrix<T>& gradient, Matrix<T>* dmemory,
                Parameters<T>& gradients) const;

  TransformerOptions options_;
  std::vector<TransformerBlock<T>> blocks_;
  std::optional<LayerNorm<T>> norm_;
};

}  // namespace infodiet::engine
