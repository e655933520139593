// Items by words of their titles, and people by how their ids begin. The index is SQLite's FTS5 over titles alone; it
// knows nothing of people. Whoever writes titles brings it up to date in the same transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Puts into the index what an item is called now, or takes it out where it has no title any more.
void index_title(Database& db, std::int64_t item);
/// The same of every item whose title is not as the index has it.
void index_titles(Database& db);

struct FoundItem {
  std::string key;
  std::string title;
};

/// Items whose titles have every word, or a word that begins with it, best match first; upper and lower case and
/// accents count the same; after them items without a title whose ids hold every word. Removed items are not among
/// them. Nothing where `words` holds no word.
std::vector<FoundItem> find_titles(const Database& db, std::string_view words, std::size_t most);

/// Ids of people that begin with `beginning`, ascending.
std::vector<std::string> find_users(const Database& db, std::string_view beginning, std::size_t most);

}  // namespace infodiet::recsys
