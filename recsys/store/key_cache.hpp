// A bounded cache from external keys to ids, for writing many rows.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Longest key of a user or item, in bytes.
inline constexpr std::size_t max_key_bytes = 1024;

/// Whether a key can be stored: 1 to max_key_bytes bytes of valid UTF-8 without NUL. Returns the reason if not.
std::optional<std::string_view> key_problem(std::string_view key);

/// Caches the ids of one table with columns `id` and `key`. Clears itself when it grows too large.
class KeyCache {
 public:
  /// @param table "users" or "items"
  KeyCache(const Database& db, const std::string& table);

  /// The id of the row with this key, inserted if missing. Throws DataError if the key cannot be
  /// stored.
  std::int64_t find_or_insert(std::string_view key);

 private:
  std::int64_t ask_table(std::string_view key);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> ids_;
  std::size_t bytes_ = 0;
  Statement find_;
  Statement insert_;
};

}  // namespace infodiet::recsys
