#include "recsys/store/catalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "recsys/errors.hpp"
#include "recsys/suggest.hpp"

namespace infodiet::recsys {
namespace {

std::optional<std::int64_t> find_id(const Database& db, const char* sql, std::string_view key) {
  Statement query = db.prepare(sql);
  query.bind(key);
  return query.step() ? query.optional_integer(0) : std::nullopt;
}

constexpr std::string_view item_columns =
    "id, key, title, quality, clickbait, minutes, hidden, available_from, available_until";

Item item_of(const Statement& row) {
  return {.id = row.integer(0),
          .key = std::string(row.text(1)),
          .title = row.optional_text(2),
          .topics = {},
          .quality = row.optional_real(3),
          .clickbait = row.optional_real(4),
          .minutes = row.optional_real(5),
          .hidden = row.integer(6) != 0,
          .available_from = row.optional_integer(7),
          .available_until = row.optional_integer(8)};
}

}  // namespace

std::optional<std::int64_t> find_user(const Database& db, std::string_view key) {
  return find_id(db, "SELECT id FROM users WHERE key = ?", key);
}

std::optional<std::int64_t> find_item(const Database& db, std::string_view key) {
  return find_id(db, "SELECT id FROM items WHERE key = ?", key);
}

std::vector<User> list_users(const Database& db) {
  std::vector<User> users;
  for (Statement query = db.prepare("SELECT id, key FROM users ORDER BY id"); query.step();) {
    users.push_back({query.integer(0), std::string(query.text(1))});
  }
  return users;
}

Texts user_keys(const Database& db) {
  Texts keys;
  for (Statement query = db.prepare("SELECT key FROM users ORDER BY id"); query.step();) keys.add(query.text(0));
  keys.shrink_to_fit();
  return keys;
}

std::vector<Item> list_items(const Database& db) {
  std::vector<Item> items;
  for_each_item(db, [&](const Item& item) { items.push_back(item); });
  return items;
}

void for_each_item(const Database& db, const std::function<void(const Item& item)>& visit) {
  const Snapshot snapshot(db);
  Statement topics = db.prepare("SELECT item_id, topic FROM item_topics ORDER BY item_id, position");
  bool more = topics.step();
  for (Statement query = db.prepare(fmt::format("SELECT {} FROM items ORDER BY id", item_columns)); query.step();) {
    Item item = item_of(query);
    while (more && topics.integer(0) < item.id) more = topics.step();
    for (; more && topics.integer(0) == item.id; more = topics.step()) item.topics.emplace_back(topics.text(1));
    visit(item);
  }
}

Item load_item(const Database& db, std::int64_t id) {
  const Snapshot snapshot(db);
  Statement query = db.prepare(fmt::format("SELECT {} FROM items WHERE id = ?", item_columns));
  query.bind(id);
  if (!query.step()) throw Error(fmt::format("{}: no item with the internal id {}", db.path(), id));
  Item item = item_of(query);
  Statement topics = db.prepare("SELECT topic FROM item_topics WHERE item_id = ? ORDER BY position");
  topics.bind(id);
  while (topics.step()) item.topics.emplace_back(topics.text(0));
  return item;
}

Counts count_contents(const Database& db) {
  Statement query = db.prepare(
      "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM items), (SELECT count(*) FROM interactions),"
      " (SELECT count(*) FROM interactions WHERE time IS NULL), (SELECT count(*) FROM imports),"
      " (SELECT count(*) FROM import_rejects)");
  query.step();
  return {.users = query.integer(0),
          .items = query.integer(1),
          .interactions = query.integer(2),
          .untimed_interactions = query.integer(3),
          .imports = query.integer(4),
          .import_rejects = query.integer(5)};
}

std::vector<std::pair<std::string, std::int64_t>> count_events(const Database& db) {
  std::vector<std::pair<std::string, std::int64_t>> events;
  Statement query = db.prepare(
      "SELECT event, count(*) FROM interactions WHERE event IS NOT NULL GROUP BY event ORDER BY count(*) DESC, event");
  while (query.step()) events.emplace_back(query.text(0), query.integer(1));
  return events;
}

void require_event(const Database& db, const std::string& event) {
  constexpr std::size_t shown = 20;
  std::vector<std::string> known;
  for (const auto& [name, count] : count_events(db)) {
    if (name == event) return;
    known.push_back(name);
  }
  if (known.empty()) {
    throw DataError(
        fmt::format("{}: no interaction has an event, so none is {:?}: import with a column of events (--columns "
                    "event=NAME)",
                    db.path(), event));
  }
  const std::string further = known.size() > shown ? fmt::format(" and {} others", known.size() - shown) : "";
  const std::string hint = suggestion(event, known);
  known.resize(std::min(known.size(), shown));
  throw DataError(fmt::format("{}: no interaction has the event {:?}; there are {}{}{}", db.path(), event,
                              fmt::join(known, ", "), further, hint));
}

}  // namespace infodiet::recsys
