// Users and items as stored: keys, ids, titles, topics and attributes. Reads only; recsys/store/catalogue_writer.hpp
// writes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recsys/store/database.hpp"
#include "recsys/store/texts.hpp"

namespace infodiet::recsys {

/// A user.
struct User {
  std::int64_t id = 0;
  std::string key = {};  ///< the external id, exactly as imported
};

/// Whether an item may be recommended at a time (Unix seconds). It counts as history in any case.
inline bool may_be_shown(bool hidden, std::optional<std::int64_t> from, std::optional<std::int64_t> until,
                         std::int64_t time) {
  return !hidden && !(from && time < *from) && !(until && time >= *until);
}

/// An item. A missing attribute is null, never 0.
struct Item {
  std::int64_t id = 0;
  std::string key = {};                              ///< the external id, exactly as imported
  std::optional<std::string> title = {};             ///< valid UTF-8
  std::vector<std::string> topics = {};              ///< the main one first
  std::optional<double> quality = {};                ///< in [-1, 1]
  std::optional<double> clickbait = {};              ///< in [0, 1]
  std::optional<double> minutes = {};                ///< minutes it takes to consume, >= 0
  bool hidden = false;                               ///< never recommended
  std::optional<std::int64_t> available_from = {};   ///< Unix seconds, the first at which it may be recommended
  std::optional<std::int64_t> available_until = {};  ///< Unix seconds, the first at which it no longer may

  bool shown_at(std::int64_t time) const { return may_be_shown(hidden, available_from, available_until, time); }
};

/// The id of a user or item by its key, if it is stored.
std::optional<std::int64_t> find_user(const Database& db, std::string_view key);
std::optional<std::int64_t> find_item(const Database& db, std::string_view key);

/// All users, by ascending id: entry u belongs to user u of load_dataset().
std::vector<User> list_users(const Database& db);
/// Their keys, in the same order.
Texts user_keys(const Database& db);
/// All items, by ascending id: entry i belongs to ItemIndex i of load_dataset(). For many of them see item_table.hpp.
std::vector<Item> list_items(const Database& db);
/// Calls `visit` for each of them, in the same order, within one snapshot of the file.
void for_each_item(const Database& db, const std::function<void(const Item& item)>& visit);
/// Throws Error if there is no such item.
Item load_item(const Database& db, std::int64_t id);

/// Numbers of rows.
struct Counts {
  std::int64_t users = 0;
  std::int64_t items = 0;
  std::int64_t interactions = 0;
  std::int64_t untimed_interactions = 0;
  std::int64_t imports = 0;
  std::int64_t import_rejects = 0;
};
/// Counts them.
Counts count_contents(const Database& db);

/// Interactions by event, most first. Those without an event are not counted.
std::vector<std::pair<std::string, std::int64_t>> count_events(const Database& db);
/// Throws DataError, listing the events, if no interaction has `event`.
void require_event(const Database& db, const std::string& event);

}  // namespace infodiet::recsys
