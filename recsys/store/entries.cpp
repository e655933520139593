#include "recsys/store/entries.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/key_cache.hpp"
#include "recsys/store/title_index.hpp"

namespace infodiet::recsys {
namespace {

constexpr const char* user_columns = "key, coalesce(labels, '[]'), coalesce(comment, '')";
constexpr const char* entry_columns = "id, key, title, hidden, listed, coalesce(labels, '[]'), coalesce(comment, '')";

UserEntry user_of(const Statement& row, int first) {
  return {.key = std::string(row.text(first)),
          .labels = std::string(row.text(first + 1)),
          .comment = std::string(row.text(first + 2))};
}

class ItemRows {
 public:
  explicit ItemRows(const Database& db)
      : topics_(db.prepare("SELECT topic FROM item_topics WHERE item_id = ? ORDER BY position")) {}

  ItemEntry entry(const Statement& row) {
    ItemEntry item{.key = std::string(row.text(1)),
                   .title = row.optional_text(2),
                   .hidden = row.integer(3) != 0,
                   .topics = {},
                   .listed = row.optional_integer(4),
                   .labels = std::string(row.text(5)),
                   .comment = std::string(row.text(6))};
    topics_.bind(row.integer(0));
    while (topics_.step()) item.topics.emplace_back(topics_.text(0));
    return item;
  }

 private:
  Statement topics_;
};

std::int64_t find_or_insert(Database& db, const std::string& table, std::string_view key) {
  return KeyCache(db, table).find_or_insert(key);
}

}  // namespace

std::optional<UserEntry> find_user_entry(const Database& db, std::string_view key) {
  Statement query = db.prepare(fmt::format("SELECT {} FROM users WHERE key = ?", user_columns));
  query.bind(key);
  return query.step() ? std::optional(user_of(query, 0)) : std::nullopt;
}

EntryPage<UserEntry> list_user_entries(const Database& db, std::int64_t after, std::int64_t count) {
  EntryPage<UserEntry> page;
  std::int64_t last = after;
  Statement query = db.prepare(fmt::format("SELECT id, {} FROM users WHERE id > ? ORDER BY id LIMIT ?", user_columns));
  query.bind(after, count);
  while (query.step()) {
    page.entries.push_back(user_of(query, 1));
    last = query.integer(0);
  }
  if (static_cast<std::int64_t>(page.entries.size()) == count) page.next = last;
  return page;
}

void put_user_entry(Database& db, std::string_view key, const UserChange& change) {
  Transaction transaction(db);
  const std::int64_t id = find_or_insert(db, "users", key);
  db.prepare("UPDATE users SET labels = coalesce(?, labels), comment = coalesce(?, comment) WHERE id = ?")
      .run(change.labels, change.comment, id);
  transaction.commit();
}

std::optional<ItemEntry> find_item_entry(const Database& db, std::string_view key) {
  const Snapshot snapshot(db);
  Statement query = db.prepare(fmt::format("SELECT {} FROM items WHERE key = ? AND removed = 0", entry_columns));
  query.bind(key);
  if (!query.step()) return std::nullopt;
  return ItemRows(db).entry(query);
}

EntryPage<ItemEntry> list_item_entries(const Database& db, std::int64_t after, std::int64_t count) {
  const Snapshot snapshot(db);
  EntryPage<ItemEntry> page;
  ItemRows rows(db);
  std::int64_t last = after;
  Statement query =
      db.prepare(fmt::format("SELECT {} FROM items WHERE id > ? AND removed = 0 ORDER BY id LIMIT ?", entry_columns));
  query.bind(after, count);
  while (query.step()) {
    page.entries.push_back(rows.entry(query));
    last = query.integer(0);
  }
  if (static_cast<std::int64_t>(page.entries.size()) == count) page.next = last;
  return page;
}

bool was_removed(const Database& db, std::string_view key) {
  Statement query = db.prepare("SELECT removed FROM items WHERE key = ?");
  query.bind(key);
  return query.step() && query.integer(0) != 0;
}

void put_item_entry(Database& db, std::string_view key, const ItemChange& change) {
  Transaction transaction(db);
  const std::int64_t id = find_or_insert(db, "items", key);
  db.prepare(
        "UPDATE items SET title = coalesce(?, title), hidden = coalesce(?, hidden), listed = coalesce(?, listed),"
        " labels = coalesce(?, labels), comment = coalesce(?, comment) WHERE id = ?")
      .run(change.title, change.hidden, change.listed, change.labels, change.comment, id);
  if (change.title) index_title(db, id);
  if (change.topics) {
    db.prepare("DELETE FROM item_topics WHERE item_id = ?").run(id);
    Statement insert = db.prepare("INSERT INTO item_topics (item_id, position, topic) VALUES (?, ?, ?)");
    std::int64_t position = 0;
    for (const std::string& topic : *change.topics) insert.run(id, position++, topic);
  }
  transaction.commit();
}

bool remove_item(Database& db, std::string_view key) {
  Transaction transaction(db);
  const std::optional<std::int64_t> id = find_item(db, key);
  if (!id || was_removed(db, key)) return false;
  db.prepare(
        "UPDATE items SET title = NULL, quality = NULL, clickbait = NULL, minutes = NULL, labels = NULL,"
        " comment = NULL, listed = NULL, hidden = 1, removed = 1 WHERE id = ?")
      .run(*id);
  for (const std::string_view table : {"item_topics", "item_attributes", "item_vectors"}) {
    db.prepare(fmt::format("DELETE FROM {} WHERE item_id = ?", table)).run(*id);
  }
  index_title(db, *id);
  transaction.commit();
  return true;
}

std::vector<ListedItem> latest_items(const Database& db, const LatestFilter& filter, std::int64_t offset,
                                     std::int64_t count) {
  // Nulls sort below every number, so one descending index scan has the order.
  Statement query = db.prepare(
      "SELECT key, listed FROM items WHERE hidden = 0"
      " AND (available_from IS NULL OR available_from <= ?1) AND (available_until IS NULL OR available_until > ?1)"
      " AND (?2 IS NULL OR EXISTS (SELECT 1 FROM item_topics WHERE item_id = items.id"
      " AND topic IN (SELECT value FROM json_each(?2))))"
      " AND (?3 IS NULL OR key IN (SELECT value FROM json_each(?3)))"
      " AND key NOT IN (SELECT value FROM json_each(?4))"
      " ORDER BY listed DESC, id DESC LIMIT ?6 OFFSET ?5");
  const auto listed = [](const std::vector<std::string>& texts) { return engine::json_text(nlohmann::json(texts)); };
  query.bind(filter.at, filter.topics ? std::optional(listed(*filter.topics)) : std::nullopt,
             filter.only ? std::optional(listed(*filter.only)) : std::nullopt, listed(filter.exclude), offset, count);
  std::vector<ListedItem> items;
  while (query.step()) items.push_back({std::string(query.text(0)), query.optional_integer(1)});
  return items;
}

}  // namespace infodiet::recsys
