// Would another policy have earned more? A log is gone through once more with the policy that is asked about at its
// side; what may be concluded from the weights is estimated, and what may not is refused with what it would take.
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

/// How the sessions of a log began, where they were simulated.
struct LogOrigin {
  std::uint64_t seed = 1;
  std::uint32_t sessions_each = 1;
  std::span<const std::int64_t> items{};  ///< ids of the environment's items, empty where it numbers its own
};

/// A log with a target at its side.
struct TargetedLog {
  bool has_probabilities = false;  ///< else the ratios are 1 and mean nothing
  WeightedLog weighted;            ///< without a model's values
  ValueModelInput model;
  RankLog by_rank;  ///< of single slates whose log and target tell what it needs; else empty
};

/// Goes through the log in the environment it was made in (or LoggedEnvironment), and asks `target` at every step how
/// likely it would have shown the slate. Throws DataError if a simulated session does not come out as it was kept.
TargetedLog follow(const LoggedSessions& log, const Environment& environment, const LogOrigin& origin,
                   const Policy& target);

struct JudgeOptions {
  std::size_t resamples = 2000;
  std::uint64_t seed = 1;
  double least_effective = 50;      ///< effective sessions at the last step
  double most_standard_errors = 3;  ///< by which the mean weight may differ from 1
};

/// One line of the answer.
struct JudgedLine {
  std::string_view name;
  std::string_view meaning;
  JudgedValue value;  ///< what the target would have earned a session
  JudgedValue gain;   ///< the same less what was earned, in the same resamples
};

struct Judgement {
  std::size_t people = 0;
  std::size_t sessions = 0;
  std::size_t slates = 0;
  JudgedValue logged{};                  ///< what the logger earned a session
  std::vector<WeightFigures> weights{};  ///< (steps); empty without probabilities
  double off_support = 0;  ///< 1 less the mean weight at the last step, at least 0: how much of what the target does
                           ///< the log can not show
  std::optional<std::string> refusal{};  ///< why no weighted estimate is given, and what it would take
  std::vector<JudgedLine> lines{};       ///< the model's last, and alone where the rest is refused
  std::vector<JudgedLine> forms{};       ///< of single slates
};
Judgement judge(const TargetedLog& log, const JudgeOptions& options);

/// The estimator that decisions should look at: doubly robust, or nothing where weights are refused.
const JudgedLine* deciding(const Judgement& judgement);

}  // namespace infodiet::rl
