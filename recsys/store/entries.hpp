// Single people and items, with labels and comments of applications, for the service. Bulk writing is in
// recsys/store/catalogue_writer.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// A person as applications know them.
struct UserEntry {
  std::string key = {};
  std::string labels = "[]";  ///< JSON, as given
  std::string comment = {};
};

/// A change of a person's entry; null keeps the stored value.
struct UserChange {
  std::optional<std::string> labels = {};
  std::optional<std::string> comment = {};
};

/// An item as applications know it.
struct ItemEntry {
  std::string key = {};
  std::optional<std::string> title = {};
  bool hidden = false;
  std::vector<std::string> topics = {};     ///< the main one first
  std::optional<std::int64_t> listed = {};  ///< Unix seconds from which it is offered
  std::string labels = "[]";                ///< JSON, as given
  std::string comment = {};
};

/// A change of an item's entry; null keeps the stored value.
struct ItemChange {
  std::optional<std::string> title = {};
  std::optional<bool> hidden = {};
  std::optional<std::vector<std::string>> topics = {};
  std::optional<std::int64_t> listed = {};
  std::optional<std::string> labels = {};
  std::optional<std::string> comment = {};
};

/// Some entries in the order of ids, and the id after which the next page begins, if there may be more.
template <class Entry>
struct EntryPage {
  std::vector<Entry> entries = {};
  std::optional<std::int64_t> next = {};
};

/// The person with that key, if stored.
std::optional<UserEntry> find_user_entry(const Database& db, std::string_view key);
/// At most `count` people with ids above `after`.
EntryPage<UserEntry> list_user_entries(const Database& db, std::int64_t after, std::int64_t count);
/// Changes a person, inserted if new. Throws DataError if the key cannot be stored.
void put_user_entry(Database& db, std::string_view key, const UserChange& change);

/// The item with that key, if stored and not removed.
std::optional<ItemEntry> find_item_entry(const Database& db, std::string_view key);
/// At most `count` items with ids above `after`, without removed ones.
EntryPage<ItemEntry> list_item_entries(const Database& db, std::int64_t after, std::int64_t count);
/// Whether the item was removed for good.
bool was_removed(const Database& db, std::string_view key);
/// Changes an item, inserted if new. Throws DataError if the key cannot be stored.
void put_item_entry(Database& db, std::string_view key, const ItemChange& change);
/// Hides an item for good and drops its attributes and topics; histories keep it. False if there is no such item.
bool remove_item(Database& db, std::string_view key);

/// An item and when it was first offered.
struct ListedItem {
  std::string key = {};
  std::optional<std::int64_t> listed = {};
};
/// Selects among the items that may be shown at a time; null selects all.
struct LatestFilter {
  std::int64_t at = 0;                                  ///< Unix seconds
  std::optional<std::vector<std::string>> topics = {};  ///< of one of these
  std::optional<std::vector<std::string>> only = {};    ///< keys
  std::vector<std::string> exclude = {};                ///< keys
};
/// Items latest first, then those without a time, latest stored first: `count` of them after the first `offset`.
std::vector<ListedItem> latest_items(const Database& db, const LatestFilter& filter, std::int64_t offset,
                                     std::int64_t count);

}  // namespace infodiet::recsys
