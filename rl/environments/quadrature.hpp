// Quadrature and interpolation for dynamic programming on a continuous state.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace infodiet::rl {

/// Nodes and weights with E f(Z) = sum_i weights_i f(nodes_i), Z standard normal, exact for polynomials of degree
/// below 2 `count`. The nodes are the roots of the Hermite polynomial of that degree (Abramowitz & Stegun 25.4.46).
struct NormalRule {
  std::vector<double> nodes;
  std::vector<double> weights;
};
/// The rule with `count` nodes.
NormalRule gauss_hermite(std::size_t count);

/// `size` points from `low` to `high`, evenly spaced, with cubic Lagrange interpolation between them; constant beyond
/// the ends. size >= 4.
class UniformGrid {
 public:
  /// From `low` to `high`.
  UniformGrid(double low, double high, std::size_t size);

  /// f(x) = sum_k weights_k values[first + k].
  struct Stencil {
    std::size_t first;
    std::array<double, 4> weights;

    double apply(std::span<const double> values) const {
      const double* v = values.data() + first;
      return weights[0] * v[0] + weights[1] * v[1] + weights[2] * v[2] + weights[3] * v[3];
    }
  };
  /// The stencil of x.
  Stencil at(double x) const;

  std::size_t size() const { return size_; }
  double point(std::size_t i) const { return low_ + spacing_ * static_cast<double>(i); }

 private:
  double low_;
  double spacing_;
  std::size_t size_;
};

}  // namespace infodiet::rl
