// The network of the attention model: item vectors and positions, a causal transformer, one hidden vector per token.
// Holds no weights: the caller owns parameters, item vectors and caches, so several threads may use one network.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/layers/embedding.hpp"
#include "engine/layers/l2_normalise.hpp"
#include "engine/transformer/transformer.hpp"
#include "recsys/attention/config.hpp"

namespace infodiet::recsys {

/// The input of read_on: the whole sequence, the new tokens alone, and one key-value cache for each block.
template <class T>
struct ReadOn {
  const engine::Ragged& whole;
  std::span<const std::uint32_t> tokens;
  std::vector<engine::Past<T>>& pasts;
};

/// hidden = transformer(dropout(sqrt(D) items[x] + positions)), scaled to length 1 / temperature if that is not 0. The
/// item vectors (V, D) are also the output layer: the score of item v after token t is hidden[t] . output[v], where
/// output are the item vectors, scaled to length 1 if there is a temperature.
template <class T>
class AttentionNetwork {
 public:
  struct Cache {
    engine::DropoutBits kept;
    typename engine::Transformer<T>::Cache transformer;
    typename engine::L2Normalise<T>::Cache norms;
    engine::Matrix<T> normalised;  ///< (T, D) the output of forward, if it normalises
  };

  /// Throws ShapeError if the configuration's heads do not divide its width.
  explicit AttentionNetwork(const AttentionConfig& config);

  const engine::ParameterLayout& layout() const { return layout_; }

  /// hidden (T, D) of the tokens (T), each under V, of a ragged batch. Throws ShapeError if the model uses intervals
  /// and the batch has no times.
  void forward(const engine::Run<T>& run, engine::MatrixSpan<const T> items, std::span<const std::uint32_t> tokens,
               const engine::Ragged& batch, Cache& cache, engine::Matrix<T>& hidden) const;

  /// Continues one sequence, in evaluation: hidden (1, D) is what `forward` gives for its last token, up to rounding.
  /// The new tokens are appended to the pasts.
  void read_on(const engine::Run<T>& run, engine::MatrixSpan<const T> items, const ReadOn<T>& more, Cache& cache,
               engine::Matrix<T>& hidden) const;

  /// `gradient` (T, D) is that of hidden on entry and that of the scaled item vectors on return: multiply it by
  /// item_scale() when adding it to the table.
  void backward(const engine::Run<T>& run, const engine::Ragged& batch, const Cache& cache,
                engine::Matrix<T>& gradient) const;

  /// The scale of item vectors on input: sqrt(D).
  T item_scale() const;

  /// Whether output vectors are the item vectors scaled to length 1, as `output_normaliser` does.
  bool normalises() const { return normalise_hidden_.has_value(); }
  static engine::L2Normalise<T> output_normaliser() { return engine::L2Normalise<T>(); }

  /// Attention weights (H, L, L) of one block and sequence of the batch last run forward into `cache`.
  engine::Tensor<T, 3> weights(const engine::Ragged& batch, const Cache& cache, std::size_t block,
                               std::size_t sequence) const {
    return transformer_.weights(batch, cache.transformer, block, sequence);
  }

 private:
  void normalise(Cache& cache, engine::Matrix<T>& hidden) const;

  AttentionConfig config_;
  engine::ParameterLayout layout_;
  std::optional<engine::LearnedPositions<T>> positions_;
  engine::Dropout dropout_;
  engine::Transformer<T> transformer_;
  std::optional<engine::L2Normalise<T>> normalise_hidden_;
};

}  // namespace infodiet::recsys
