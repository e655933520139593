// Exact dynamic programming for exploration on the belief, which two counts determine.
#pragma once

#include "rl/environments/exploration.hpp"
#include "rl/environments/optimum.hpp"

namespace infodiet::rl {

/// V_t(e) = max over items i of p (1 + V_{t+1}(e after a click on i)) + (1 - p) V_{t+1}(e after none), where p is the
/// probability of a click given the evidence e. Exact up to rounding.
Optimum solve_exploration(const Exploration& environment);

}  // namespace infodiet::rl
