// Whether another policy would have earned more: replays a log with the target policy, estimates what the weights
// allow, and refuses the rest, saying what would be needed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rl/judgement/estimators.hpp"
#include "rl/judgement/logged_sessions.hpp"
#include "rl/judgement/value_model.hpp"
#include "rl/policy.hpp"
#include "rl/runs/run_store.hpp"

namespace infodiet::rl {

/// How the sessions of a log were started, if they were simulated.
struct LogOrigin {
  std::uint64_t seed = 1;
  std::uint32_t sessions_each = 1;
  std::span<const std::int64_t> items{};  ///< ids of the environment's items, empty if it numbers its own
};

/// A log with the weights of a target policy.
struct TargetedLog {
  bool has_probabilities = false;  ///< else the ratios are 1 and meaningless
  WeightedLog weighted;            ///< without a model's values
  ValueModelInput model;
  RankLog by_rank;  ///< for single slates with all needed probabilities; else empty
};

/// Replays the log in its environment (or LoggedEnvironment) and computes at every step the probability that `target`
/// shows the slate. Throws DataError if a simulated session differs from the log.
TargetedLog follow(const LoggedSessions& log, const Environment& environment, const LogOrigin& origin,
                   const Policy& target);

/// Requirements of estimates.
struct JudgeOptions {
  std::size_t resamples = 2000;
  std::uint64_t seed = 1;
  double least_effective = 50;      ///< fewest effective sessions at the last step
  double most_standard_errors = 3;  ///< largest allowed distance of the mean weight from 1
};

/// One line of the result.
struct JudgedLine {
  std::string_view name;
  std::string_view meaning;
  JudgedValue value;  ///< what the target would have earned per session
  JudgedValue gain;   ///< the same minus the logged return, in the same resamples
};

/// The result.
struct Judgement {
  std::size_t people = 0;
  std::size_t sessions = 0;
  std::size_t slates = 0;
  JudgedValue logged{};                  ///< what the logger earned per session
  std::vector<WeightFigures> weights{};  ///< (steps); empty without probabilities
  double off_support = 0;  ///< 1 minus the mean weight at the last step, at least 0: the share of the target's
                           ///< behaviour that the log cannot show
  std::optional<std::string> refusal{};  ///< why there is no weighted estimate, and what it would need
  std::vector<JudgedLine> lines{};       ///< the model's last; only that if the rest is refused
  std::vector<JudgedLine> forms{};       ///< of single slates
};
/// Estimates and checks.
Judgement judge(const TargetedLog& log, const JudgeOptions& options);

/// The line to base decisions on: doubly robust, or null if weights are refused.
const JudgedLine* deciding(const Judgement& judgement);

}  // namespace infodiet::rl
