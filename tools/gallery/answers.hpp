// Answers as the row of a table that a vector's dot product is largest with: classes, words, or places in a text. And
// what was attended to on the way, over heads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/layers/linear.hpp"
#include "engine/losses/catalogue_cross_entropy.hpp"
#include "engine/ragged.hpp"

namespace infodiet::gallery {

/// softmax(hidden table^T) (N, V).
engine::Matrix<float> answer_probabilities(engine::MatrixSpan<const float> hidden,
                                           engine::MatrixSpan<const float> table);

/// For each row of hidden (N, D) the best row of the table (V, D).
std::vector<std::uint32_t> best_answers(engine::MatrixSpan<const float> hidden, engine::MatrixSpan<const float> table);

/// The mean over heads (Lq, Lk) of attention weights (H, Lq, Lk).
engine::Matrix<float> mean_of_heads(const engine::Tensor<float, 3>& weights);

/// How many are equal, place by place.
std::size_t count_equal(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

/// Points at one token of each sequence: softmax over the sequence's tokens of (query W + b) . token. Pointer networks
/// (Vinyals, Fortunato & Jaitly 2015), with dot products. Parameters "<name>.*".
class Pointer {
 public:
  struct Cache {
    engine::Matrix<float> queries;  ///< (B, D) projected
    engine::Matrix<float> dqueries;
  };

  Pointer(engine::ParameterLayout& layout, const std::string& name, std::size_t width)
      : projection_(layout, name, {.in = width, .out = width}) {}

  /// The mean loss over sequences of pointing at `targets` (B), places within their sequences. From queries (B, D) and
  /// tokens (T, D): writes dqueries (B, D), adds to dtokens (T, D) and to the gradients.
  double learn(const engine::Parameters<float>& parameters, const engine::Ragged& batch,
               const engine::Matrix<float>& queries, const engine::Matrix<float>& tokens,
               std::span<const std::uint32_t> targets, engine::ThreadPool& pool,
               engine::CatalogueCrossEntropy<float>& loss, Cache& cache, engine::Matrix<float>& dqueries,
               engine::Matrix<float>& dtokens, engine::Parameters<float>& gradients) const;

  /// The probability of every place of one sequence.
  std::vector<float> probabilities(const engine::Parameters<float>& parameters, const engine::Ragged& batch,
                                   const engine::Matrix<float>& queries, const engine::Matrix<float>& tokens,
                                   std::size_t sequence) const;
  /// The likeliest place of every sequence.
  std::vector<std::uint32_t> best(const engine::Parameters<float>& parameters, const engine::Ragged& batch,
                                  const engine::Matrix<float>& queries, const engine::Matrix<float>& tokens) const;

 private:
  engine::Linear<float> projection_;
};

}  // namespace infodiet::gallery
