#include "tools/gallery/answers.hpp"

#include <algorithm>
#include <cmath>

#include "engine/gemm.hpp"

namespace infodiet::gallery {

using engine::Matrix;
using engine::MatrixSpan;

Matrix<float> answer_probabilities(MatrixSpan<const float> hidden, MatrixSpan<const float> table) {
  Matrix<float> scores;
  scores.resize({hidden.rows, table.rows});
  engine::gemm<float>(engine::plain<float>(hidden), engine::transposed<float>(table), scores);
  for (std::size_t n = 0; n < hidden.rows; ++n) {
    float* row = scores.data() + n * table.rows;
    const float largest = *std::max_element(row, row + table.rows);
    float total = 0;
    for (std::size_t v = 0; v < table.rows; ++v) total += row[v] = std::exp(row[v] - largest);
    for (std::size_t v = 0; v < table.rows; ++v) row[v] /= total;
  }
  return scores;
}

std::vector<std::uint32_t> best_answers(MatrixSpan<const float> hidden, MatrixSpan<const float> table) {
  const Matrix<float> probabilities = answer_probabilities(hidden, table);
  std::vector<std::uint32_t> best;
  for (std::size_t n = 0; n < hidden.rows; ++n) {
    const float* row = probabilities.data() + n * table.rows;
    best.push_back(static_cast<std::uint32_t>(std::max_element(row, row + table.rows) - row));
  }
  return best;
}

Matrix<float> mean_of_heads(const engine::Tensor<float, 3>& weights) {
  Matrix<float> mean;
  mean.resize({weights.shape(1), weights.shape(2)});
  std::fill(mean.begin(), mean.end(), 0.0F);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    mean.data()[i % mean.size()] += weights.data()[i] / static_cast<float>(weights.shape(0));
  }
  return mean;
}

std::size_t count_equal(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) equal += a[i] == b[i] ? 1 : 0;
  return equal;
}

double Pointer::learn(const engine::Parameters<float>& parameters, const engine::Ragged& batch,
                      const Matrix<float>& queries, const Matrix<float>& tokens, std::span<const std::uint32_t> targets,
                      engine::ThreadPool& pool, engine::CatalogueCrossEntropy<float>& loss, Cache& cache,
                      Matrix<float>& dqueries, Matrix<float>& dtokens, engine::Parameters<float>& gradients) const {
  projection_.forward(parameters, queries, cache.queries);
  cache.dqueries.resize(cache.queries.shape());
  dtokens.resize(tokens.shape());
  std::fill(dtokens.begin(), dtokens.end(), 0.0F);
  const auto share = 1.0F / static_cast<float>(batch.sequences());
  double sum = 0;
  for (std::size_t b = 0; b < batch.sequences(); ++b) {
    // The sequence's tokens are the catalogue that the loss chooses from.
    sum += loss.forward_backward(pool, MatrixSpan<const float>(cache.queries).rows_from(b, 1),
                                 MatrixSpan<const float>(tokens).rows_from(batch.begin(b), batch.length(b)),
                                 targets.subspan(b, 1), MatrixSpan<float>(cache.dqueries).rows_from(b, 1),
                                 MatrixSpan<float>(dtokens).rows_from(batch.begin(b), batch.length(b)));
  }
  for (float& value : cache.dqueries) value *= share;
  for (float& value : dtokens) value *= share;
  projection_.backward(parameters, queries, cache.dqueries, dqueries, gradients);
  return sum * share;
}

std::vector<float> Pointer::probabilities(const engine::Parameters<float>& parameters, const engine::Ragged& batch,
                                          const Matrix<float>& queries, const Matrix<float>& tokens,
                                          std::size_t sequence) const {
  Matrix<float> projected;
  projection_.forward(parameters, MatrixSpan<const float>(queries).rows_from(sequence, 1), projected);
  const Matrix<float> row = answer_probabilities(
      projected, MatrixSpan<const float>(tokens).rows_from(batch.begin(sequence), batch.length(sequence)));
  return {row.begin(), row.end()};
}

std::vector<std::uint32_t> Pointer::best(const engine::Parameters<float>& parameters, const engine::Ragged& batch,
                                         const Matrix<float>& queries, const Matrix<float>& tokens) const {
  std::vector<std::uint32_t> best;
  for (std::size_t b = 0; b < batch.sequences(); ++b) {
    const std::vector<float> row = probabilities(parameters, batch, queries, tokens, b);
    best.push_back(static_cast<std::uint32_t>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
  return best;
}

}  // namespace infodiet::gallery
