// Tokens as vectors that know their places: what every network over text starts with.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/layers/embedding.hpp"

namespace infodiet::gallery {

/// x_t = table[token_t] + position of t in its sequence. Parameters "<name>.table" (V, D), "<name>.position.*".
class TokenEmbedding {
 public:
  struct Options {
    std::size_t vocabulary = 0;
    std::size_t longest = 0;  ///< sequence
    std::size_t width = 0;
  };

  TokenEmbedding(engine::ParameterLayout& layout, const std::string& name, const Options& options)
      : table_(layout.add_matrix(name + ".table", options.vocabulary, options.width, engine::Initialiser::normal(0.5))),
        positions_(layout, name + ".position", options.longest, options.width) {}

  /// x (T, D) written.
  void forward(const engine::Parameters<float>& parameters, std::span<const std::uint32_t> tokens,
               const engine::Ragged& batch, engine::Matrix<float>& x) const {
    engine::gather_rows<float>(parameters.matrix(table_), tokens, 1, x);
    positions_.forward(parameters, batch, x);
  }
  /// From dx (T, D): adds to the gradients.
  void backward(engine::ThreadPool& pool, std::span<const std::uint32_t> tokens, const engine::Ragged& batch,
                const engine::Matrix<float>& dx, engine::Parameters<float>& gradients) const {
    positions_.backward(batch, dx, gradients);
    engine::scatter_add_rows<float>(pool, dx, tokens, 1, gradients.matrix(table_));
  }

  const engine::ParameterHandle& table() const { return table_; }

 private:
  engine::ParameterHandle table_;
  engine::LearnedPositions<float> positions_;
};

}  // namespace infodiet::gallery
