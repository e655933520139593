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

  /// y (T, D) from input(cache). A stack made with a memory_width needs a memory, others have none.
  void forward(const Run<T>& run, const Ragged& batch, Cache& cache, Matrix<T>& y,
               const Memory<T>* memory = nullptr) const;

  /// Reads on in one sequence, evaluating under a causal mask: y (1, D) of its last token, from input(cache), which
  /// holds the tokens that follow those of `pasts`, one of each block; they are appended. `whole` is the sequence, past
  /// and new. What nobody asks for is not computed: the last block has one query. Needs one block at least.
  void read_on(const Run<T>& run, const Ragged& whole, std::vector<Past<T>>& pasts, Cache& cache, Matrix<T>& y) const;

  /// `gradient` (T, D) comes in as dy and leaves as the gradient of the input; adds to the memory's gradient.
  void backward(const Run<T>& run, const Ragged& batch, const Cache& cache, Matrix<T>& gradient,
                const Memory<T>* memory = nullptr) const;

  /// Attention weights (H, L, L) of one block and sequence of the batch last run forward into `cache`: entry (h, i, j)
  /// is what head h of query i gives key j, and each row adds to 1 where the block uses softmax. `block` and `sequence`
  /// must exist.
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
