// Exact dynamic programming for drift, over all distributions of a taste's units.
#pragma once

#include "rl/environments/drift.hpp"
#include "rl/environments/optimum.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

/// V_t(n) = max over slates A of sum over outcomes o of P(o | n, A) (1[o is a click] + breadth reward of n' +
/// V_{t+1}(n')), n' the taste after o. Exact up to rounding: C(units + topics - 1, topics - 1) states, all slates as
/// sets (their order does not matter to the multinomial logit).
Optimum solve_drift(const Drift& environment);

/// Policies whose figures are computed exactly.
enum class DriftRule {
  optimum,
  greedy,       ///< the highest utilities, ties by position
  random,       ///< all slates equally likely
  most_varied,  ///< the topics with the fewest units, ties by position
};

/// The exact figures of a policy.
struct DriftFigures {
  double value = 0;              ///< expected return
  double clicks = 0;             ///< expected clicks
  double topics_on_the_way = 0;  ///< variety of the taste, mean over the states after each step
  double topics_at_the_end = 0;  ///< of the state after the last step
};
/// Computes them.
DriftFigures drift_figures(const Drift& environment, DriftRule rule);

/// DriftRule::most_varied as a policy, only for sessions of drift.
class MostVariedPolicy final : public Policy {
 public:
  std::string name() const override { return "most-varied"; }
  void choose(const SessionBatch& batch, engine::MatrixSpan<Position> slates) const override;
};

}  // namespace infodiet::rl
