// People and items one at a time, with what applications tell of them: as a service reads and writes them. Bulk writing
// is recsys/store/catalogue_writer.hpp.
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

/// What is to become of a person's entry; what is null stays as it is.
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
  std::optional<std::int64_t> listed = {};  ///< Unix seconds since when it is offered
  std::string labels = "[]";                ///< JSON, as given
  std::string comment = {};
};

/// What is to become of an item's entry; what is null stays as it is.
struct ItemChange {
  std::optional<std::string> title = {};
  std::optional<bool> hidden = {};
  std::optional<std::vector<std::string>> topics = {};
  std::optional<std::int64_t> listed = {};
  std::optional<std::string> labels = {};
  std::optional<std::string> comment = {};
};

/// Some entries in the order of ids, and the id after which the next ones come, if there may be more.
template <class Entry>
struct EntryPage {
  std::vector<Entry> entries = {};
  std::optional<std::int64_t> next = {};
};

std::optional<UserEntry> find_user_entry(const Database& db, std::string_view key);
/// At most `count` people with ids above `after`.
EntryPage<UserEntry> list_user_entries(const Database& db, std::int64_t after, std::int64_t count);
/// Changes a person, who is inserted where they are new. Throws DataError if the key cannot be stored.
void put_user_entry(Database& db, std::string_view key, const UserChange& change);

/// Removed items are not found.
std::optional<ItemEntry> find_item_entry(const Database& db, std::string_view key);
EntryPage<ItemEntry> list_item_entries(const Database& db, std::int64_t after, std::int64_t count);
/// Whether there was such an item, which was removed for good.
bool was_removed(const Database& db, std::string_view key);
/// Changes an item, which is inserted where it is new. Throws DataError if the key cannot be stored.
void put_item_entry(Database& db, std::string_view key, const ItemChange& change);
/// Hides an item for good and drops its attributes and topics; histories keep it. False if there is no such item.
bool remove_item(Database& db, std::string_view key);

/// An item and since when it is offered.
struct ListedItem {
  std::string key = {};
  std::optional<std::int64_t> listed = {};
};
/// Which of the items that may be shown at a time are wanted; what is null is any.
struct LatestFilter {
  std::int64_t at = 0;                                  ///< Unix seconds
  std::optional<std::vector<std::string>> topics = {};  ///< of one of these
  std::optional<std::vector<std::string>> only = {};    ///< keys
  std::vector<std::string> exclude = {};                ///< keys
};
/// Latest first; those of unknown time at the end, latest stored first. `count` of them after the first `offset`.
std::vector<ListedItem> latest_items(const Database& db, const LatestFilter& filter, std::int64_t offset,
                                     std::int64_t count);

}  // namespace infodiet::recsys
