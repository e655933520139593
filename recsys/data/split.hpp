// Which interactions train a model and which evaluate it. Every split keeps a prefix of each history for training, so
// what is held out is always later than what is trained on. Deliberately no random splits and no sampled candidates.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// The kinds of split.
enum class HoldoutKind {
  none,      ///< everything trains, nothing can be evaluated
  last,      ///< leave-one-out: the last item of each user is test, the one before it validation
  temporal,  ///< a global time cut: whatever lies at or after it is test
};

/// Which of the interactions after a time cut are targets.
enum class Asked {
  all,         ///< all, as one set: one list per person, made at the cut
  first,       ///< the first
  last,        ///< the last, given all before it
  successive,  ///< each in turn, given all before it: as many cases as interactions
};
inline constexpr std::array<std::string_view, 4> asked_names{"all", "first", "last", "successive"};
/// One of asked_names, or nothing.
std::optional<Asked> parse_asked(std::string_view text);
std::string_view format_asked(Asked asked);

/// What is held out, so that the model does not see it.
struct Holdout {
  HoldoutKind kind = HoldoutKind::last;
  double quantile = 0.9;  ///< temporal only: the share of all interactions that lie before the cut, in (0, 1)
  /// temporal only: what validation asks for after an earlier cut of its own, with the same share of what remains
  /// before it; without it, validation is the last interaction of each user before the cut.
  std::optional<Asked> asked = std::nullopt;
  bool refit = false;  ///< whether what validation would ask for trains too, not with `none`

  /// Whether there is something to validate on.
  bool validates() const { return kind != HoldoutKind::none && !refit; }
  bool operator==(const Holdout&) const = default;
};

/// "none", "last", "temporal:Q" or "temporal:Q:ASKED" with 0 < Q < 1, all but the first also with ":refit" at the end,
/// as the command line and the database spell it. Throws DataError, listing the forms, for anything else.
Holdout parse_holdout(std::string_view text);
/// The reverse.
std::string format_holdout(const Holdout& holdout);

/// Fewest interactions a user needs for leave-one-out: one for training, one for validation, one for test.
inline constexpr std::size_t leave_one_out_minimum = 3;

/// The time (Unix seconds) that cuts `data` at `quantile`: with the N times sorted ascending, times[floor(quantile N)].
/// An interaction is before the cut if its time is less; all that share the cut's own time lie after it, so ties never
/// straddle it and at most quantile N interactions lie before. Throws DataError if times are missing or only positions
/// (see TimeKind), or if nothing would lie before the cut.
std::int64_t temporal_cut(const Dataset& data, double quantile);

/// The training data under `holdout`: catalogue, users and numbers are those of `data`; only the histories shrink to a
/// prefix.
/// - last: users with at least three interactions lose their last two; other users lose nothing.
/// - temporal: interactions before the cut, without the last of each user with at least two, which is for validation;
///   if `asked` is set, interactions before the validation cut.
/// - none: everything.
/// With `refit` all but what is for test.
/// Throws DataError as temporal_cut does.
Dataset training_part(const Dataset& data, const Holdout& holdout);

/// One ranking to evaluate: what `user` had consumed, and what they consumed next. Views into the data set it was made
/// from.
struct EvaluationCase {
  std::size_t user = 0;
  History history;
  std::span<const ItemIndex> targets;  ///< at least one; an item named twice counts once
};

/// At most one case per user (one per target for Asked::successive), users ascending; empty unless the holdout
/// validates, or if no user has enough interactions.
/// - last: the history without its last two items, and the item before the last.
/// - temporal: the history before the cut without its last item, and that item ("last training item" in Gusak et al.,
///   "Time to Split", RecSys'25); if `asked` is set, what it asks for between the validation cut and the cut, as in
///   test_cases after the cut (their global temporal validation).
std::vector<EvaluationCase> validation_cases(const Dataset& data, const Holdout& holdout);

/// At most one case per user (one per target for Asked::successive), users ascending; empty for `none`, or if no user
/// has enough interactions.
/// - last: the history without its last item, and that item. The validation item is history.
/// - temporal: what `asked` (all, unless it is set) takes of everything from the cut on; the history is all that came
///   before it, and for `all` what came before the cut. Users without a history before the cut, for whom there is
///   nothing to personalise by, are left out, and so are users who consumed nothing after it.
std::vector<EvaluationCase> test_cases(const Dataset& data, const Holdout& holdout);

}  // namespace infodiet::recsys
