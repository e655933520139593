// A model of what a policy earns from a step on, fitted to logged sessions: linear, one a step, backwards (fitted Q
// evaluation; Le, Voloshin & Yue, ICML'19). No session's values come from a fit that saw its person.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rl/judgement/slate_features.hpp"

namespace infodiet::rl {

/// What the model is fitted to. Arrays are (sessions, steps), and mean nothing beyond a session's length.
struct ValueModelInput {
  std::size_t sessions = 0;
  std::size_t steps = 0;
  std::vector<SlateFeatures> shown;     ///< of the slate that was logged
  std::vector<SlateFeatures> expected;  ///< mean over the slates of the target
  std::vector<double> reward;
  std::vector<std::size_t> length;     ///< (sessions)
  std::vector<std::int64_t> person{};  ///< (sessions)
};

struct ModelValues {
  std::vector<double> action;  ///< (sessions, steps) Q(h_t, A_t), 0 beyond the length
  std::vector<double> state;   ///< (sessions, steps) V(h_t) of the target, 0 beyond the length
};

/// People are dealt to five folds by `seed` (fewer where there are fewer people; one person's values are 0); the values
/// of a fold come from the others: w_t = ridge fit of r_t + V_t+1 on the features, Q_t = w_t x, V_t = w_t mean(x).
ModelValues fit_values(const ValueModelInput& input, std::uint64_t seed);

}  // namespace infodiet::rl
