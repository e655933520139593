#include "recsys/store/title_index.hpp"

#include <algorithm>
#include <sstream>

namespace infodiet::recsys {

namespace {

// Every word quoted, so that none is an operator of FTS5, and a prefix search.
std::string match_text(std::string_view words) {
  std::string text;
  std::istringstream stream{std::string(words)};
  for (std::string word; stream >> word;) {
    std::string quoted;
    for (const char c : word) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += (text.empty() ? "\"" : " \"") + quoted + "\"*";
  }
  return text;
}

// LIKE patterns: each word anywhere in the id.
std::vector<std::string> patterns(std::string_view words) {
  std::vector<std::string> patterns;
  std::istringstream stream{std::string(words)};
  for (std::string word; stream >> word;) {
    std::string pattern = "%";
    for (const char c : word) {
      if (c == '%' || c == '_' || c == '\\') pattern += '\\';
      pattern += c;
    }
    patterns.push_back(pattern + "%");
  }
  return patterns;
}

// Items without a title are shown by their ids, which are titles in some personal exports.
void find_untitled(const Database& db, std::string_view words, std::size_t most, std::vector<FoundItem>& found) {
  std::string sql = "SELECT key FROM items WHERE title IS NULL AND removed = 0";
  const std::vector<std::string> wanted = patterns(words);
  for (std::size_t i = 0; i < wanted.size(); ++i) sql += " AND key LIKE ? ESCAPE '\\'";
  Statement query = db.prepare(sql + " ORDER BY id LIMIT ?");
  query.start_binding(wanted.size() + 1);
  for (const std::string& pattern : wanted) query.bind_next(pattern);
  query.bind_next(static_cast<std::int64_t>(most - found.size()));
  while (query.step()) found.push_back({std::string(query.text(0)), std::string(query.text(0))});
}

}  // namespace

void index_title(Database& db, std::int64_t item) {
  db.prepare("DELETE FROM item_titles WHERE rowid = ?").run(item);
  db.prepare("INSERT INTO item_titles (rowid, title) SELECT id, title FROM items WHERE id = ? AND title IS NOT NULL")
      .run(item);
}

void index_titles(Database& db) {
  std::vector<std::int64_t> changed;
  Statement query = db.prepare(
      "SELECT items.id FROM items LEFT JOIN item_titles ON item_titles.rowid = items.id"
      " WHERE items.title IS NOT item_titles.title");
  while (query.step()) changed.push_back(query.integer(0));
  query.reset();
  for (const std::int64_t item : changed) index_title(db, item);
}

std::vector<FoundItem> find_titles(const Database& db, std::string_view words, std::size_t most) {
  std::vector<FoundItem> found;
  const std::string text = match_text(words);
  if (text.empty()) return found;
  Statement query = db.prepare(
      "SELECT items.key, items.title FROM item_titles JOIN items ON items.id = item_titles.rowid"
      " WHERE item_titles MATCH ? AND removed = 0 ORDER BY item_titles.rank, items.id LIMIT ?");
  query.bind(text, static_cast<std::int64_t>(most));
  while (query.step()) found.push_back({std::string(query.text(0)), std::string(query.text(1))});
  if (found.size() < most) find_untitled(db, words, most, found);
  return found;
}

std::vector<std::string> find_users(const Database& db, std::string_view beginning, std::size_t most) {
  std::vector<std::string> found;
  // Sorts after every text that begins so.
  constexpr std::string_view last_character = "\U0010FFFF";
  Statement query = db.prepare("SELECT key FROM users WHERE key >= ?1 AND key < ?1 || ?2 ORDER BY key LIMIT ?3");
  query.bind(beginning, last_character, static_cast<std::int64_t>(most));
  while (query.step()) found.emplace_back(query.text(0));
  return found;
}

}  // namespace infodiet::recsys
