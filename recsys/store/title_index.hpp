// Finds items by words of their titles, and people by prefixes of their ids. The index is SQLite's FTS5, of titles
// only. Code that writes titles must update it in the same transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Updates the index for an item, or removes the item from it if it has no title.
void index_title(Database& db, std::int64_t item);
/// The same for every item whose title differs from the index.
void index_titles(Database& db);

/// An item that was found.
struct FoundItem {
  std::string key;
  std::string title;
};

/// Items whose titles contain every word, or a word that begins with it, best match first, ignoring case and accents;
/// then items without a title whose ids contain every word. Without removed items. Empty if `words` has no word.
std::vector<FoundItem> find_titles(const Database& db, std::string_view words, std::size_t most);

/// Ids of people that begin with `beginning`, ascending.
std::vector<std::string> find_users(const Database& db, std::string_view beginning, std::size_t most);

}  // namespace infodiet::recsys
