// Whether what somebody consumed may be recommended to them again, and be a target again. People listen, read and buy
// again; a film is mostly seen once. One policy holds for validation, evaluation and serving.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "recsys/data/split.hpp"

namespace infodiet::recsys {

/// The policy.
enum class Repeats {
  forbid,  ///< items of the history are neither candidates nor targets
  allow,   ///< nothing is filtered
};

/// Parses "forbid" or "allow", as the command line and the database spell them; nothing for any other text.
std::optional<Repeats> parse_repeats(std::string_view text);
/// The reverse.
std::string_view format_repeats(Repeats repeats);

/// From this share of repeated targets on, repeats are allowed by default.
inline constexpr double repeating_share = 0.05;

/// Share of the cases' targets that are in the history before them; 0 without cases.
double repeated_share(std::span<const EvaluationCase> cases);
/// The default policy, by the validation cases of `holdout`, or of leave-one-out if it has none.
Repeats usual_repeats(const Dataset& data, const Holdout& holdout);

/// The items of a history that a list must not contain.
std::span<const ItemIndex> left_out(Repeats repeats, const History& history);

/// The cases that remain, and how many targets were left out.
struct EvaluationSet {
  std::vector<EvaluationCase> cases;
  std::size_t forbidden = 0;                 ///< targets left out because they repeat
  std::size_t low = 0;                       ///< targets left out because they were rated low
  std::size_t other_events = 0;              ///< targets left out because they are of other events
  std::vector<std::vector<ItemIndex>> kept;  ///< owns the targets of cases that lost some
};
/// The cases without those that `repeats` forbids.
EvaluationSet judged_cases(const std::vector<EvaluationCase>& cases, Repeats repeats);
/// The same, also without targets that are low in `data`, of which the cases are a split.
EvaluationSet liked_cases(const Dataset& data, const std::vector<EvaluationCase>& cases, Repeats repeats);

/// Which targets remain.
struct WantedTargets {
  bool event = false;  ///< only of the event that the data marks
  bool fresh = false;  ///< only what is not in the history before it
  bool liked = false;  ///< only what is not rated low
};
/// The cases, of a split of `data`, with only the wanted targets; a target is counted under the first condition that it
/// fails.
EvaluationSet wanted_cases(const Dataset& data, const std::vector<EvaluationCase>& cases, const WantedTargets& wanted);

}  // namespace infodiet::recsys
