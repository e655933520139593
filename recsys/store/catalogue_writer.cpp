#include "recsys/store/catalogue_writer.hpp"

#include <fmt/format.h>

#include "recsys/errors.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

void check_key(std::string_view key) {
  if (const auto problem = key_problem(key)) throw DataError(fmt::format("the id cannot be stored: {}", *problem));
}

}  // namespace

std::optional<std::string_view> key_problem(std::string_view key) {
  if (key.empty()) return "empty id";
  if (key.size() > max_key_bytes) return "id longer than 1024 bytes";
  if (key.find('\0') != std::string_view::npos) return "NUL byte in an id";
  if (!is_valid_utf8(key)) return "id is not valid UTF-8";
  return std::nullopt;
}

CatalogueWriter::CatalogueWriter(Database& db)
    : users_(db, "users"),
      items_(db, "items"),
      update_item_(db.prepare("UPDATE items SET title = coalesce(?, title), quality = coalesce(?, quality),"
                              " clickbait = coalesce(?, clickbait), minutes = coalesce(?, minutes) WHERE id = ?")),
      delete_topics_(db.prepare("DELETE FROM item_topics WHERE item_id = ?")),
      insert_topic_(db.prepare("INSERT INTO item_topics (item_id, position, topic) VALUES (?, ?, ?)")),
      // Unknown times never collide: a unique index holds nulls apart.
      insert_interaction_(
          db.prepare("INSERT INTO interactions (user_id, item_id, time, rating, import_id) VALUES (?, ?, ?, ?, ?)"
                     " ON CONFLICT (user_id, time, item_id) DO NOTHING")),
      db_(&db) {}

std::int64_t CatalogueWriter::user(std::string_view key) {
  check_key(key);
  return users_.find_or_insert(key);
}

std::int64_t CatalogueWriter::item(std::string_view key) {
  check_key(key);
  return items_.find_or_insert(key);
}

std::int64_t CatalogueWriter::put_item(const Item& item) {
  const std::int64_t id = this->item(item.key);
  update_item_.run(item.title, item.quality, item.clickbait, item.minutes, id);
  if (!item.topics.empty()) {
    delete_topics_.run(id);
    for (std::size_t position = 0; position < item.topics.size(); ++position) {
      insert_topic_.run(id, position, item.topics[position]);
    }
  }
  return id;
}

CatalogueWriter::Added CatalogueWriter::add(const Interaction& interaction) {
  insert_interaction_.run(interaction.user_id, interaction.item_id, interaction.time, interaction.rating,
                          interaction.import_id);
  return db_->changes() == 1 ? Added::yes : Added::duplicate;
}

}  // namespace infodiet::recsys
