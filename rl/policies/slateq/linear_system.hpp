// Small symmetric positive definite systems, for models with tens of weights. Large products belong in the engine.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace infodiet::rl {

/// The normal equations of a weighted least-squares fit, gathered row by row.
class NormalEquations {
 public:
  /// For `size` features, without rows.
  explicit NormalEquations(std::size_t size) : size_(size), matrix_(size * size, 0.0), right_(size, 0.0) {}

  /// Adds weight (x x^T, x y) for features x (size) and target y.
  void add(std::span<const double> features, double target, double weight = 1);
  /// Adds another's sums.
  void add(const NormalEquations& other);
  /// The w that solves (sum + ridge I) w = right side, by Cholesky; ridge > 0 makes it definite.
  std::vector<double> solve(double ridge) const;

 private:
  std::size_t size_;
  std::vector<double> matrix_;  ///< (size, size) lower triangle
  std::vector<double> right_;
};

}  // namespace infodiet::rl
