// A model of the return of a policy from a step on, fitted to logged sessions: one linear model per step, fitted
// backwards (fitted Q evaluation; Le, Voloshin & Yue, ICML'19). Values of a session never come from a fit that saw its
// person.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rl/judgement/slate_features.hpp"

namespace infodiet::rl {

/// The data. Arrays are (sessions, steps), and unused beyond a session's length.
struct ValueModelInput {
  std::size_t sessions = 0;
  std::size_t steps = 0;
  std::vector<SlateFeatures> shown;     ///< of the slate that was logged
  std::vector<SlateFeatures> expected;  ///< mean over the slates of the target
  std::vector<double> reward;
  std::vector<std::size_t> length;     ///< (sessions)
  std::vector<std::int64_t> person{};  ///< (sessions)
};

/// The fitted values.
struct ModelValues {
  std::vector<double> action;  ///< (sessions, steps) Q(h_t, A_t), 0 beyond the length
  std::vector<double> state;   ///< (sessions, steps) V(h_t) of the target, 0 beyond the length
};

/// Divides people into five folds by `seed` (fewer if there are fewer people; for one person all values are 0). The
/// values of a fold come from the others: w_t = ridge fit of r_t + V_t+1 on the features, Q_t = w_t x, V_t = w_t
/// mean(x).
ModelValues fit_values(const ValueModelInput& input, std::uint64_t seed);

}  // namespace infodiet::rl
