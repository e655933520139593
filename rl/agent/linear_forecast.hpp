// Ridge regression, lesson by lesson. It keeps sums of products, so it learns from all rows and remembers none.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/matrix_span.hpp"

namespace infodiet::rl {

/// expected = terms w, with the w that minimises sum_r (terms_r w - seen_r)^2 + ridge sum_i mean_r(terms_ri^2) w_i^2.
class LinearForecast {
 public:
  /// Of `terms` terms, the first of which is always 1. At each lesson the share `kept` of what was learned before
  /// stays.
  explicit LinearForecast(std::size_t terms, double kept = 1);

  std::size_t terms() const { return weights_.size(); }
  /// (terms + 1, terms + 1) sums over the rows of all lessons, by what stays of each, of the products of terms and,
  /// last, of what was seen.
  const std::vector<double>& products() const { return products_; }
  /// Throws ShapeError if sizes differ, Error if they are no sums of products.
  void restore(std::vector<double> products);

  /// Adds rows `terms` (R, terms) and what was seen (R), then fits.
  void learn(engine::MatrixSpan<const float> terms, std::span<const double> seen);
  /// Writes the predictions, expected (R); 0 before the first lesson.
  void expect(engine::MatrixSpan<const float> terms, std::span<double> expected) const;

 private:
  void fit();

  double kept_;
  std::vector<double> products_;
  std::vector<double> weights_;
};

}  // namespace infodiet::rl
