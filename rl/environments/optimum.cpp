#include "rl/environments/optimum.hpp"

#include <algorithm>
#include <cmath>

namespace infodiet::rl {

std::optional<double> percent_of_optimum(double value, const Optimum& optimum) {
  constexpr double rounding = 1e-12;
  const double way = optimum.value - optimum.random;
  if (way <= std::max(optimum.error, rounding * std::abs(optimum.value))) return std::nullopt;
  return 100 * (value - optimum.random) / way;
}

}  // namespace infodiet::rl
