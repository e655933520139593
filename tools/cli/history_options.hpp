// Whose history a command works on: `--user ID`, `--history id,id,...`, or both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::tools {

/// A history resolved against the database.
struct ResolvedHistory {
  std::optional<std::int64_t> user_id;   ///< nothing where the user is not stored, or none was named
  recsys::Dataset catalogue;             ///< the item ids, and the stored history of the user if there is one
  std::vector<recsys::ItemIndex> items;  ///< what is stored, then what was given, oldest first
  std::vector<std::int64_t> times;       ///< (items) Unix seconds, or empty where any stored time is unknown

  recsys::History history() const { return {items, times}; }
};

/// The stored history of `user` (empty where nobody of that key is stored) with the items of `given` (keys separated by
/// commas) after it, which count as taken in at the time of the last stored one. Throws DataError if an item of `given`
/// is not stored.
ResolvedHistory resolve_history(const recsys::Database& db, const std::optional<std::string>& user,
                                const std::optional<std::string>& given);

/// The dense number of the item with that key. Throws DataError if there is none; `option` is named in it.
recsys::ItemIndex require_item(const recsys::Database& db, const recsys::Dataset& catalogue, const std::string& key,
                               const std::string& option);

/// The id of the user with that key. Throws DataError if there is none.
std::int64_t require_user(const recsys::Database& db, const std::string& key);
/// Throws the DataError of a user who is not stored.
[[noreturn]] void throw_unknown_user(const recsys::Database& db, const std::string& key);

}  // namespace infodiet::tools
