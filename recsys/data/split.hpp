// Which interactions train a model and which judge it. Every split keeps a prefix of each history for training, so what
// is held out is always later than what is learnt from. Deliberately no random splits and no sampled candidates.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

enum class HoldoutKind {
  none,      ///< everything trains, nothing can be scored
  last,      ///< leave-one-out: the last item of each user is test, the one before it validation
  temporal,  ///< a global time cut: whatever lies at or after it is test
};

/// What a model has not seen.
struct Holdout {
  HoldoutKind kind = HoldoutKind::last;
  double quantile = 0.9;  ///< temporal only: the share of all interactions that lie before the cut, in (0, 1)

  bool operator==(const Holdout&) const = default;
};

/// "none", "last" or "temporal:Q" with 0 < Q < 1, as the command line and the database spell it.
/// Throws DataError naming the three forms for anything else.
Holdout parse_holdout(std::string_view text);
std::string format_holdout(const Holdout& holdout);

/// Fewest interactions a user needs for leave-one-out: one to learn from, one for validation, one for test.
inline constexpr std::size_t leave_one_out_minimum = 3;

/// The time (Unix seconds) that cuts `data` at `quantile`: with the N times sorted ascending, times[floor(quantile N)].
/// An interaction is before the cut if its time is less; all that share the cut's own time lie after it, so ties never
/// straddle it and at most quantile N interactions lie before. Throws DataError where times are missing or are mere
/// positions (see TimeKind), or if nothing would lie before the cut.
std::int64_t temporal_cut(const Dataset& data, double quantile);

/// What a model may learn from under `holdout`: the catalogue, the users and their numbers stay those of `data`, only
/// the histories shrink to a prefix.
/// - last: users with at least three interactions lose their last two; the others are training only, in full.
/// - temporal: interactions before the cut, of which each user with at least two lends the last for validation.
/// - none: everything.
/// Throws DataError as temporal_cut does.
Dataset training_part(const Dataset& data, const Holdout& holdout);

/// One ranking to judge: what `user` took in, and what they took in then. Views into the data set it was made from.
struct EvaluationCase {
  std::size_t user = 0;
  History history;
  std::span<const ItemIndex> targets;  ///< at least one; an item named twice counts once
};

/// At most one case a user, users ascending; empty for `none`, or where no user has enough interactions.
/// - last: the history but its last two, and the one item before the last.
/// - temporal: the history before the cut but its last, and that one (the last training item, as validation is called
///   in Gusak et al., "Time to Split", RecSys'25).
std::vector<EvaluationCase> validation_cases(const Dataset& data, const Holdout& holdout);

/// At most one case a user, users ascending; empty for `none`, or where no user has enough interactions.
/// - last: the history but its last item, and that item. The validation item is history.
/// - temporal: the history before the cut, and everything from the cut on as a set of targets: one list a person, made
///   at the cut, judged by all that followed. Users without a history before the cut are left out, as there is nothing
///   to personalise by; users who took in nothing after it have nothing to be judged by.
std::vector<EvaluationCase> test_cases(const Dataset& data, const Holdout& holdout);

}  // namespace infodiet::recsys
