// Bulk writing of users, items and interactions, for importing and for the sample world. Reads nothing back for others
// and parses nothing; the caller owns the transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "recsys/store/catalogue.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/key_cache.hpp"

namespace infodiet::recsys {

struct Interaction {
  std::int64_t user_id = 0;
  std::int64_t item_id = 0;
  std::optional<std::int64_t> time = {};  ///< Unix seconds
  std::optional<double> rating = {};
  std::optional<std::int64_t> import_id = {};  ///< null where no import brought it
};

/// Longest key of a user or item, in bytes.
inline constexpr std::size_t max_key_bytes = 1024;

/// Whether a key can be stored: 1 to max_key_bytes bytes of valid UTF-8 without NUL. Returns the reason if not.
std::optional<std::string_view> key_problem(std::string_view key);

class CatalogueWriter {
 public:
  enum class Added { yes, duplicate };

  explicit CatalogueWriter(Database& db);

  /// The id of the user or item with this key, which is inserted where it is new. Throws DataError if the key cannot be
  /// stored, SqliteError.
  std::int64_t user(std::string_view key);
  std::int64_t item(std::string_view key);

  /// Inserts or updates an item by its key; attributes that are null, and empty topics, leave what is stored. `item.id`
  /// is ignored. Returns the id. Throws as item().
  std::int64_t put_item(const Item& item);

  /// Appends an interaction; the order of calls is the order of histories among equal or unknown times. One that is
  /// stored already with the same user, item and time is a duplicate and left out.
  Added add(const Interaction& interaction);

 private:
  KeyCache users_;
  KeyCache items_;
  Statement update_item_;
  Statement delete_topics_;
  Statement insert_topic_;
  Statement insert_interaction_;
  Database* db_;
};

}  // namespace infodiet::recsys
