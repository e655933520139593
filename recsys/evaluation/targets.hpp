// Pairs of user and item that somebody brings to be scored: what really came next, known to them and not to us. Knows
// no database; the caller looks keys up.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/data/split.hpp"

namespace infodiet::recsys {

/// Numbers in the data set by the keys people gave; nothing for a key that is not there.
struct KeyLookup {
  std::function<std::optional<std::size_t>(std::string_view key)> user;
  std::function<std::optional<ItemIndex>(std::string_view key)> item;
};

/// Cases that own their targets; their histories are views into the data set. Moves, but does not copy.
class TargetCases {
 public:
  /// One case for each user that has targets, users ascending: the whole history, then the user's `targets[user]`.
  TargetCases(const Dataset& data, const std::vector<std::vector<ItemIndex>>& targets);
  TargetCases(TargetCases&&) = default;
  TargetCases& operator=(TargetCases&&) = default;

  std::span<const EvaluationCase> cases() const { return cases_; }

  /// Pairs that were left out.
  struct Skipped {
    std::size_t unknown_users = 0;
    std::size_t unknown_items = 0;  ///< of users that are known
    std::size_t stored = 0;         ///< already in the history, where repeats are forbidden
  };
  Skipped skipped{};

 private:
  std::vector<ItemIndex> items_;
  std::vector<EvaluationCase> cases_;
};

/// Reads a file of pairs, one a line: two columns "user,item", separated by commas, tabs or spaces (whichever the first
/// line holds, in this order), quoted as in CSV where need be; spaces around a key are dropped. A first line that names
/// a user and an item column (by the names that imports know) is a header: then columns may stand in any
/// order and others may be present. Several pairs of one user become one case with several targets. Pairs of users or
/// items that are not stored are skipped, and, where repeats are forbidden, those that are already in the history.
/// Throws DataError, with file and line, for the first line that is malformed or repeats a pair. Also if the file
/// cannot be read or holds no pair of a user and an item that are stored.
TargetCases read_targets(const std::filesystem::path& path, const Dataset& data, const KeyLookup& lookup,
                         Repeats repeats);

}  // namespace infodiet::recsys
