// The optimal return of an environment, computed rather than learned.
#pragma once

#include <memory>
#include <optional>

#include "rl/policy.hpp"

namespace infodiet::rl {

/// Expected undiscounted returns of a session, and the optimal policy.
struct Optimum {
  double value = 0;   ///< of the best policy
  double greedy = 0;  ///< of the greedy policy, which shows the highest scores
  double random = 0;  ///< of uniformly drawn slates
  double error = 0;   ///< numerical error of `value`, estimated by halving the resolution; 0 if exact
  std::shared_ptr<const Policy> policy{};
};

/// 100 (value - random) / (optimum - random), the figure reported for every return if the optimum is known. Null if the
/// optimum is no better than random.
std::optional<double> percent_of_optimum(double value, const Optimum& optimum);

}  // namespace infodiet::rl
