// Pairs of user and item from a file, to evaluate: what users really consumed next. Knows no database; the caller looks
// keys up.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/data/split.hpp"

namespace infodiet::recsys {

/// Numbers in the data set by external key; nothing for an unknown key.
struct KeyLookup {
  std::function<std::optional<std::size_t>(std::string_view key)> user;
  std::function<std::optional<ItemIndex>(std::string_view key)> item;
};

/// Cases that own their targets; their histories are views into the data set. Moves, but does not copy.
class TargetCases {
 public:
  /// One case for each user that has targets, users ascending: the complete history, then the user's `targets[user]`.
  TargetCases(const Dataset& data, const std::vector<std::vector<ItemIndex>>& targets);
  TargetCases(TargetCases&&) = default;
  TargetCases& operator=(TargetCases&&) = default;

  std::span<const EvaluationCase> cases() const { return cases_; }

  /// Pairs that were left out.
  struct Skipped {
    std::size_t unknown_users = 0;
    std::size_t unknown_items = 0;  ///< of users that are known
    std::size_t stored = 0;         ///< already in the history, if repeats are forbidden
    std::size_t other_events = 0;   ///< of other events than the one asked for
    std::size_t twice = 0;          ///< repeated in the file: a pair counts once
  };
  Skipped skipped{};

 private:
  std::vector<ItemIndex> items_;
  std::vector<EvaluationCase> cases_;
};

/// Which pairs of a file count.
struct WantedPairs {
  Repeats repeats = Repeats::forbid;
  std::optional<std::string> event = {};
};

/// Reads a file of pairs as imports read one (any separator, JSON, gzip, zip, a pipe, "-"): a table whose header names
/// a user and an item column, beside any others, or one without a header and with two columns, user and item. Several
/// pairs of one user become one case with several targets. Pairs of users or items that are not stored are skipped and
/// counted, and so are pairs that occur twice, those of other events than the wanted one, and, where repeats are
/// forbidden, those that are already in the history. Throws DataError, with file and line, for the first row that
/// cannot be read; also if the file cannot be read, has another form, has no column of events where one is wanted, or
/// holds no pair of a user and an item that are stored.
TargetCases read_targets(const std::string& path, const Dataset& data, const KeyLookup& lookup,
                         const WantedPairs& wanted);

}  // namespace infodiet::recsys
