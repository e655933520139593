// What an environment's best policy earns, computed rather than learned.
#pragma once

#include <memory>
#include <optional>

#include "rl/policy.hpp"

namespace infodiet::rl {

/// Expected undiscounted returns of a session, and the policy that earns the highest of them.
struct Optimum {
  double value = 0;   ///< of the best policy
  double greedy = 0;  ///< of showing what has the highest score
  double random = 0;  ///< of slates drawn uniformly
  double error = 0;   ///< numerical error of `value`, estimated by halving the resolution; 0 where it is exact
  std::shared_ptr<const Policy> policy{};
};

/// 100 (value - random) / (optimum - random); what every return is reported as where the optimum is known. Null where
/// the best earns no more than random, which leaves no way to be a share of.
std::optional<double> percent_of_optimum(double value, const Optimum& optimum);

}  // namespace infodiet::rl
