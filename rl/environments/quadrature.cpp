#include "rl/environments/quadrature.hpp"

#include <algorithm>
#include <cmath>

namespace infodiet::rl {

namespace {

struct Hermite {
  double value;
  double previous;  ///< of the polynomial one degree lower
};

/// The Hermite polynomial that is orthonormal under the standard normal density.
Hermite hermite(std::size_t degree, double x) {
  Hermite h{1, 0};
  for (std::size_t j = 1; j <= degree; ++j) {
    const double k = static_cast<double>(j);
    h = {(x * h.value - std::sqrt(k - 1) * h.previous) / std::sqrt(k), h.value};
  }
  return h;
}

/// The root between `low` and `high`, where the polynomial has different signs.
double root_between(std::size_t degree, double low, double high) {
  const bool rising = hermite(degree, low).value < 0;
  for (double middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    ((hermite(degree, middle).value < 0) == rising ? low : high) = middle;
  }
  return low;
}

}  // namespace

NormalRule gauss_hermite(std::size_t count) {
  const double n = static_cast<double>(count);
  const double bound = std::sqrt(4 * n + 2);
  // Roots lie within the bound and more than 2 / bound apart, so no interval contains two. The number of intervals is
  // odd, so that the root at 0 is not an end point.
  const std::size_t pieces = 2 * static_cast<std::size_t>(std::ceil(bound * bound)) + 1;
  const auto point = [&](std::size_t i) {
    return bound * (2 * static_cast<double>(i) / static_cast<double>(pieces) - 1);
  };
  NormalRule rule;
  for (std::size_t i = 0; i < pieces; ++i) {
    if ((hermite(count, point(i)).value < 0) == (hermite(count, point(i + 1)).value < 0)) continue;
    const double node = root_between(count, point(i), point(i + 1));
    const double previous = hermite(count, node).previous;
    rule.nodes.push_back(node);
    rule.weights.push_back(1 / (n * previous * previous));
  }
  return rule;
}

UniformGrid::UniformGrid(double low, double high, std::size_t size)
    : low_(low), spacing_((high - low) / static_cast<double>(size - 1)), size_(size) {}

UniformGrid::Stencil UniformGrid::at(double x) const {
  const double last = static_cast<double>(size_ - 1);
  const double position = std::clamp((x - low_) / spacing_, 0.0, last);
  const std::size_t first = std::clamp<std::size_t>(static_cast<std::size_t>(position), 1, size_ - 3) - 1;
  const double t = position - static_cast<double>(first);  // the four points are at 0, 1, 2 and 3
  return {first,
          {-(t - 1) * (t - 2) * (t - 3) / 6, t * (t - 2) * (t - 3) / 2, -t * (t - 1) * (t - 3) / 2,
           t * (t - 1) * (t - 2) / 6}};
}

}  // namespace infodiet::rl
