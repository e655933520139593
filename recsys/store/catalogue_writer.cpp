#include "recsys/store/catalogue_writer.hpp"

#include <sqlite3.h>

#include "recsys/store/title_index.hpp"

namespace infodiet::recsys {
CatalogueWriter::WithoutForeignKeys::WithoutForeignKeys(Database& db) : db_(&db) {
  db.execute("PRAGMA foreign_keys = OFF");  // does nothing inside a transaction
}
CatalogueWriter::WithoutForeignKeys::~WithoutForeignKeys() {
  sqlite3_db_config(db_->handle(), SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
}

CatalogueWriter::CatalogueWriter(Database& db)
    : without_foreign_keys_(db),
      db_(&db),
      transaction_(db),
      users_(db, "users"),
      items_(db, "items"),
      update_item_(db.prepare("UPDATE items SET title = coalesce(?, title), quality = coalesce(?, quality),"
                              " clickbait = coalesce(?, clickbait), minutes = coalesce(?, minutes),"
                              " hidden = max(removed, coalesce(?, hidden)),"
                              " available_from = coalesce(?, available_from),"
                              " available_until = coalesce(?, available_until) WHERE id = ?")),
      delete_topics_(db.prepare("DELETE FROM item_topics WHERE item_id = ?")),
      insert_topic_(db.prepare("INSERT INTO item_topics (item_id, position, topic) VALUES (?, ?, ?)")),
      delete_attribute_(db.prepare("DELETE FROM item_attributes WHERE item_id = ? AND name = ?")),
      insert_attribute_(db.prepare("INSERT OR IGNORE INTO item_attributes (item_id, name, value) VALUES (?, ?, ?)")),
      interactions_(db) {}

CatalogueWriter::~CatalogueWriter() = default;

std::int64_t CatalogueWriter::user(std::string_view key) {
  return users_.find_or_insert(key);
}

std::int64_t CatalogueWriter::item(std::string_view key) {
  return items_.find_or_insert(key);
}

std::int64_t CatalogueWriter::put_item(const Item& item, std::optional<bool> hidden) {
  const std::int64_t id = this->item(item.key);
  update_item_.run(item.title, item.quality, item.clickbait, item.minutes, hidden, item.available_from,
                   item.available_until, id);
  titled_ = titled_ || item.title;
  if (!item.topics.empty()) {
    delete_topics_.run(id);
    for (std::size_t position = 0; position < item.topics.size(); ++position) {
      insert_topic_.run(id, position, item.topics[position]);
    }
  }
  return id;
}

void CatalogueWriter::put_attributes(std::int64_t item, std::span<const ItemAttribute> attributes) {
  for (const ItemAttribute& attribute : attributes) delete_attribute_.run(item, attribute.name);
  for (const ItemAttribute& attribute : attributes) insert_attribute_.run(item, attribute.name, attribute.value);
}

void CatalogueWriter::set_import(std::int64_t import_id) {
  interactions_.set_import(import_id);
}

EventNumber CatalogueWriter::event(std::string_view name) {
  return interactions_.event(name);
}

void CatalogueWriter::add(const Interaction& interaction) {
  interactions_.add(interaction);
}

InteractionWriter::Written CatalogueWriter::flush() {
  return interactions_.flush();
}

InteractionWriter::Written CatalogueWriter::commit() {
  const InteractionWriter::Written written = flush();
  if (titled_) index_titles(*db_);
  transaction_.commit();
  return written;
}

}  // namespace infodiet::recsys
