#include "recsys/store/forget.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <charconv>
#include <chrono>
#include <string>
#include <thread>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/settings.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::string_view forgets_setting = "forgets";
// What remains to be done: "rebuild" the file, or only empty the "log".
constexpr std::string_view unfinished_setting = "unfinished_forget";

std::int64_t count(const Database& db, const char* sql, std::int64_t user) {
  Statement query = db.prepare(sql);
  query.bind(user);
  query.step();
  return query.integer(0);
}

// When the first of somebody's interactions was imported; 0 if unknown, nothing if there are none.
std::optional<std::int64_t> known_since(const Database& db, std::int64_t user) {
  Statement query = db.prepare(
      "SELECT min(coalesce(imports.created, 0)) FROM interactions LEFT JOIN imports ON imports.id = import_id"
      " WHERE user_id = ?");
  query.bind(user);
  query.step();
  return query.optional_integer(0);
}

void mark_models(Database& db, std::int64_t since, Forgotten& forgotten) {
  db.execute(
      fmt::format("CREATE TEMP TABLE knowing AS SELECT id, state FROM main.models WHERE created >= {}"
                  " AND NOT (data_fingerprint = '' AND name GLOB '{}*')",
                  since, agent_model_prefix));
  db.execute("DELETE FROM models WHERE id IN (SELECT id FROM knowing WHERE state = 'training')");
  forgotten.checkpoints_deleted = db.changes();
  db.execute("DELETE FROM model_tensors WHERE model_id IN (SELECT id FROM knowing WHERE state = 'retired')");
  db.execute("UPDATE models SET forgotten_users = forgotten_users + 1 WHERE id IN (SELECT id FROM knowing)");
  forgotten.models_marked = db.changes();
  db.execute("DROP TABLE knowing");
  db.prepare(
        "INSERT INTO settings (key, value) VALUES (?, '1')"
        " ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)")
      .run(forgets_setting);
}

// Everything else that contains the key, even as a part of other words.
void delete_mentions(Database& db, std::string_view key, Forgotten& forgotten) {
  db.prepare("DELETE FROM import_rejects WHERE user = ?1 OR instr(text, ?1) > 0 OR instr(reason, ?1) > 0").run(key);
  forgotten.rejects = db.changes();
  db.prepare("UPDATE imports SET path = '(forgotten)' WHERE instr(path, ?1) > 0").run(key);
  db.prepare("UPDATE runs SET command = '(forgotten)' WHERE instr(command, ?1) > 0").run(key);
  db.prepare("DELETE FROM outputs WHERE instr(path, ?1) > 0").run(key);
}

bool is_of_others(const SqliteError& error) {
  const int code = error.code() & 0xff;
  return code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_FULL || code == SQLITE_READONLY;
}

bool empty_log(const Database& db) {
  Statement limit = db.prepare("PRAGMA busy_timeout");
  limit.step();
  const bool unlimited = limit.integer(0) == 0;
  // Readers hold the log as long as they read, possibly forever.
  const std::chrono::milliseconds wait =
      unlimited ? std::chrono::seconds(10) : std::chrono::milliseconds(limit.integer(0));
  limit.reset();
  if (unlimited) db.wait_at_most(std::chrono::seconds(10));
  Statement checkpoint = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  const auto deadline = std::chrono::steady_clock::now() + wait;
  bool emptied = false;
  for (;;) {
    checkpoint.step();
    emptied = checkpoint.integer(0) == 0;
    checkpoint.reset();
    if (emptied || std::chrono::steady_clock::now() >= deadline) break;
    // While another process checkpoints the log, SQLite refuses at once.
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (unlimited) db.wait_as_long_as_others_work();
  return emptied;
}

// Returns whether nothing remains to do.
bool overwrite(Database& db) {
  db.execute("PRAGMA secure_delete = ON");
  if (get_setting(db, unfinished_setting) == "rebuild") {
    db.execute("VACUUM");
    set_setting(db, unfinished_setting, "log");
  }
  if (!empty_log(db)) return false;
  delete_setting(db, unfinished_setting);
  return true;
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
    forgotten.slates = count(db, "SELECT count(*) FROM slates WHERE user_id = ?", *user);
    if (const std::optional<std::int64_t> since = known_since(db, *user)) {
      forgotten.outputs = list_outputs(db, *since);
      mark_models(db, *since, forgotten);
    }
    // Interactions, sessions, steps and kept slates go with the user.
    db.prepare("DELETE FROM users WHERE id = ?").run(*user);
    delete_mentions(db, key, forgotten);
    set_setting(db, unfinished_setting, "rebuild");
    transaction.commit();
  }
  if (overwrite(db)) return forgotten;
  throw Error(
      fmt::format("{}: the user is deleted, but another process reads the file and keeps old pages in {}-wal: the next "
                  "command that writes to the file empties it; so does running 'infodiet forget' again",
                  db.path(), db.path()));
}

bool is_forgetting_unfinished(const Database& db) {
  return get_setting(db, unfinished_setting).has_value();
}

bool finish_forgetting(Database& db) {
  if (!is_forgetting_unfinished(db)) return false;
  try {
    return overwrite(db);
  } catch (const SqliteError& error) {
    if (is_of_others(error)) return false;
    throw;
  }
}

std::int64_t count_forgets(const Database& db) {
  const std::string text = get_setting(db, forgets_setting).value_or("0");
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size()) return count;
  throw DamagedError(
      fmt::format("{}: the setting \"{}\" is {:?}, expected a number: restore a copy, or import the data again into a "
                  "new file",
                  db.path(), forgets_setting, text));
}

}  // namespace infodiet::recsys
