// Whether what somebody consumed may be shown to them, and asked of a model, again. People listen, read and buy again;
// a film is mostly seen once. One policy holds for validation, evaluation and serving.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "recsys/data/split.hpp"

namespace infodiet::recsys {

enum class Repeats {
  forbid,  ///< what is in the history is no candidate, and no target
  allow,   ///< nothing is filtered
};

/// "forbid" or "allow", as the command line and the database spell it; nothing for any other text.
std::optional<Repeats> parse_repeats(std::string_view text);
std::string_view format_repeats(Repeats repeats);

/// From this share of repeated targets on, repeats are allowed unless somebody decides.
inline constexpr double repeating_share = 0.05;

/// Share of the cases' targets that are in the history before them; 0 without cases.
double repeated_share(std::span<const EvaluationCase> cases);
/// What holds where nobody decides: by the validation cases of leave-one-out, or of `holdout` where it has any.
Repeats usual_repeats(const Dataset& data, const Holdout& holdout);

/// The items of a history that a list leaves out.
std::span<const ItemIndex> left_out(Repeats repeats, const History& history);

/// The cases that are left to judge by.
struct EvaluationSet {
  std::vector<EvaluationCase> cases;
  std::size_t forbidden = 0;                 ///< targets that repeat where that is forbidden, and are no case
  std::size_t low = 0;                       ///< targets that are no case, being rated low
  std::size_t other_events = 0;              ///< targets of other events than the one asked for
  std::vector<std::vector<ItemIndex>> kept;  ///< what targets refer to where some of a case's are left out
};
EvaluationSet judged_cases(std::vector<EvaluationCase> cases, Repeats repeats);
/// Of the cases of a split of `data`, only targets that are not low in it.
EvaluationSet liked_cases(const Dataset& data, std::vector<EvaluationCase> cases, Repeats repeats);

/// Which targets stay cases.
struct WantedTargets {
  bool event = false;  ///< only of the event that the data tells
  bool fresh = false;  ///< only what is not in the history before it
  bool liked = false;  ///< only what is not rated low
};
/// Of the cases of a split of `data`; a target that is left out counts for the first of these that it fails.
EvaluationSet wanted_cases(const Dataset& data, const std::vector<EvaluationCase>& cases, const WantedTargets& wanted);

}  // namespace infodiet::recsys
