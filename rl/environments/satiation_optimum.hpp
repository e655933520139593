// Exact finite-horizon dynamic programming for satiation, over all sequences of remembered outcomes and all slates.
#pragma once

#include "rl/environments/optimum.hpp"
#include "rl/environments/satiation.hpp"

namespace infodiet::rl {

/// V_t(m) = max over slates A of sum over outcomes o of P(o | m, A) (1[o is a click] + V_{t+1}(m then o)). Exact up to
/// rounding: 9^window states, all slates as sets (their order does not matter to the multinomial logit).
Optimum solve_satiation(const Satiation& environment);

}  // namespace infodiet::rl
