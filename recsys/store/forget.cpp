#include "recsys/store/forget.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "recsys/store/catalogue.hpp"

namespace infodiet::recsys {

namespace {

std::int64_t count(const Database& db, const char* sql, std::int64_t user) {
  Statement query = db.prepare(sql);
  query.bind(user);
  query.step();
  return query.integer(0);
}

std::int64_t mark_models(Database& db, std::int64_t user) {
  // Where it is not known when somebody's interactions came in, every model may have been trained with them.
  db.prepare(
        "UPDATE models SET forgotten_users = forgotten_users + 1"
        " WHERE EXISTS (SELECT 1 FROM interactions WHERE user_id = ?1) AND created >="
        " (SELECT min(coalesce(imports.created, 0)) FROM interactions LEFT JOIN imports ON imports.id = import_id"
        "  WHERE user_id = ?1)")
      .run(user);
  return db.changes();
}

void empty_log(const Database& db) {
  Statement checkpoint = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  checkpoint.step();
  if (checkpoint.integer(0) == 0) return;
  throw Error(
      fmt::format("{}: the user is deleted, but another process has the file open and keeps old pages in {}-wal: close "
                  "it, and the log goes with it",
                  db.path(), db.path()));
}

}  // namespace

std::optional<Forgotten> forget_user(Database& db, std::string_view key) {
  db.execute("PRAGMA secure_delete = ON");
  Forgotten forgotten;
  {
    Transaction transaction(db);
    const std::optional<std::int64_t> user = find_user(db, key);
    if (!user) return std::nullopt;
    forgotten.interactions = count(db, "SELECT count(*) FROM interactions WHERE user_id = ?", *user);
    forgotten.sessions = count(db, "SELECT count(*) FROM sessions WHERE user_id = ?", *user);
    forgotten.steps =
        count(db, "SELECT count(*) FROM steps WHERE session_id IN (SELECT id FROM sessions WHERE user_id = ?)", *user);
    forgotten.models_marked = mark_models(db, *user);
    db.prepare("DELETE FROM import_rejects WHERE instr(text, ?1) > 0 OR instr(reason, ?1) > 0").run(key);
    forgotten.rejects = db.changes();
    // Interactions, sessions and steps go with the user.
    db.prepare("DELETE FROM users WHERE id = ?").run(*user);
    transaction.commit();
  }
  db.execute("VACUUM");
  empty_log(db);
  return forgotten;
}

}  // namespace infodiet::recsys
