// Exact dynamic programming for drift, over every way in which the units of a taste can be spread.
#pragma once

#include "rl/environments/drift.hpp"
#include "rl/environments/optimum.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

/// V_t(n) = max over slates A of sum over outcomes o of P(o | n, A) (1[o is a click] + breadth reward of n' +
/// V_{t+1}(n')), n' the taste after o. Exact up to rounding: C(units + topics - 1, topics - 1) states, all slates as
/// sets (their order does not matter to the multinomial logit).
Optimum solve_drift(const Drift& environment);

/// Ways of choosing slates that are computed rather than simulated.
enum class DriftRule {
  optimum,
  greedy,       ///< what is worth most, of equals the first
  random,       ///< every slate as likely
  most_varied,  ///< the topics with the fewest units, of equals the first
};

/// What a rule comes to, exactly.
struct DriftFigures {
  double value = 0;              ///< expected return
  double clicks = 0;             ///< expected clicks of it
  double topics_on_the_way = 0;  ///< variety of the taste, mean over the states after each step
  double topics_at_the_end = 0;  ///< of the state after the last step
};
DriftFigures drift_figures(const Drift& environment, DriftRule rule);

/// DriftRule::most_varied for simulation, in sessions of drift alone.
class MostVariedPolicy final : public Policy {
 public:
  std::string name() const override { return "most-varied"; }
  void choose(const SessionBatch& batch, engine::MatrixSpan<Position> slates) const override;
};

}  // namespace infodiet::rl
