#include "recsys/store/settings.hpp"

namespace infodiet::recsys {

std::optional<std::string> get_setting(const Database& db, std::string_view key) {
  Statement query = db.prepare("SELECT value FROM settings WHERE key = ?");
  query.bind(key);
  return query.step() ? query.optional_text(0) : std::nullopt;
}

void set_setting(Database& db, std::string_view key, std::string_view value) {
  Transaction transaction(db);
  db.prepare("INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
      .run(key, value);
  transaction.commit();
}

void delete_setting(Database& db, std::string_view key) {
  Transaction transaction(db);
  db.prepare("DELETE FROM settings WHERE key = ?").run(key);
  transaction.commit();
}

}  // namespace infodiet::recsys
