// A stack of transformer blocks. With no mask it is an encoder, with a causal one a decoder; with a memory, the decoder
// of an encoder-decoder (engine/transformer/encoder_decoder.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/transformer/block.hpp"

namespace infodiet::engine {

/// Blocks in sequence, then a layer norm unless blocks end in one. Parameters "<name>.block.<i>.*" and "<name>.norm.*".
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

  /// y (T, D) from input(cache). `memory` must be given if, and only if, options().memory_width is not 0.
  void forward(const Run<T>& run, const Ragged& batch, Cache& cache, Matrix<T>& y,
               const Memory<T>* memory = nullptr) const;

  /// Continues one sequence, in evaluation and under a causal mask: y (1, D) of its last token. input(cache) holds the
  /// new tokens, which follow those of `pasts`, one for each block, and are appended to them. `whole` is the sequence,
  /// past and new tokens. The last block computes only the last token. Needs at least one block.
  void read_on(const Run<T>& run, const Ragged& whole, std::vector<Past<T>>& pasts, Cache& cache, Matrix<T>& y) const;

  /// `gradient` (T, D) is dy on entry and that of the input on return; adds to the memory's gradient.
  void backward(const Run<T>& run, const Ragged& batch, const Cache& cache, Matrix<T>& gradient,
                const Memory<T>* memory = nullptr) const;

  /// Attention weights (H, L, L) of one block and sequence of the batch last run forward into `cache`: entry (h, i, j)
  /// is the weight that head h of query i gives to key j; each row sums to 1 if the block uses softmax. `block` and
  /// `sequence` must exist.
  Tensor<T, 3> weights(const Ragged& batch, const Cache& cache, std::size_t block, std::size_t sequence) const;
  /// Weights (H, L, Lm) of a block's attention to the memory.
  Tensor<T, 3> memory_weights(const Ragged& batch, const Memory<T>& memory, const Cache& cache, std::size_t block,
                              std::size_t sequence) const;

  const TransformerOptions& options() const { return options_; }

 private:
  void end(const Run<T>& run, Cache& cache, Matrix<T>& y) const;

  TransformerOptions options_;
  std::vector<TransformerBlock<T>> blocks_;
  std::optional<LayerNorm<T>> norm_;
};

}  // namespace infodiet::engine
