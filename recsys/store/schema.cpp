#include "recsys/store/schema.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <vector>

#include "recsys/errors.hpp"

namespace infodiet::recsys {
namespace {

constexpr const char* initial_schema = R"sql(
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE CHECK (length(key) > 0)
) STRICT;

CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE CHECK (length(key) > 0),
  title TEXT,
  quality REAL,
  clickbait REAL,
  minutes REAL
) STRICT;

CREATE TABLE item_topics (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  topic TEXT NOT NULL,
  PRIMARY KEY (item_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  path TEXT NOT NULL,
  format TEXT NOT NULL,
  fingerprint TEXT NOT NULL UNIQUE,
  accepted INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  below_min_rating INTEGER NOT NULL
) STRICT;

CREATE TABLE import_rejects (
  import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX import_rejects_by_import ON import_rejects (import_id);

-- Clustered by person: a history is one range of pages, and sequence numbers it in the order of import.
CREATE TABLE interactions (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES items (id),
  time INTEGER,
  rating REAL,
  import_id INTEGER REFERENCES imports (id),
  PRIMARY KEY (user_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE models (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('training', 'published', 'retired')),
  created INTEGER NOT NULL,
  configuration TEXT NOT NULL,
  seed INTEGER NOT NULL,
  data_fingerprint TEXT NOT NULL,
  holdout TEXT NOT NULL,
  metrics TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX models_published ON models (name) WHERE state = 'published';
CREATE UNIQUE INDEX models_training ON models (name) WHERE state = 'training';

CREATE TABLE model_tensors (
  model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  chunk INTEGER NOT NULL,
  dtype TEXT NOT NULL,
  shape TEXT NOT NULL,
  length INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE INDEX model_tensors_by_name ON model_tensors (model_id, name, chunk);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  command TEXT NOT NULL,
  configuration TEXT NOT NULL,
  seed INTEGER NOT NULL,
  environment TEXT NOT NULL,
  policies TEXT NOT NULL,
  reward TEXT NOT NULL,
  metrics TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  policy TEXT NOT NULL,
  number INTEGER NOT NULL,
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  total_reward REAL NOT NULL,
  UNIQUE (run_id, policy, number)
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE steps (
  session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  shown TEXT NOT NULL,
  chosen INTEGER,
  reward REAL NOT NULL,
  engagement REAL,
  quality REAL,
  diversity REAL,
  novelty REAL,
  overload REAL,
  PRIMARY KEY (session_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// How many of the people a model was trained with have been forgotten since.
constexpr const char* forgotten_users = "ALTER TABLE models ADD COLUMN forgotten_users INTEGER NOT NULL DEFAULT 0";

// Labels and comments of applications on people and items; when an item was first offered (Unix seconds), whether it is
// hidden, whether it was removed for good (then it is hidden too; histories keep it); events of interactions.
constexpr const char* told_by_applications = R"sql(
ALTER TABLE users ADD COLUMN labels TEXT;
ALTER TABLE users ADD COLUMN comment TEXT;
ALTER TABLE items ADD COLUMN labels TEXT;
ALTER TABLE items ADD COLUMN comment TEXT;
ALTER TABLE items ADD COLUMN listed INTEGER;
ALTER TABLE items ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE interactions ADD COLUMN event TEXT;
CREATE INDEX items_by_listing ON items (listed, id);
)sql";

// Nanoseconds after interactions.time, how much an interaction counts in training (null: 1), and a digest of an
// imported file's content.
constexpr const char* finer_interactions = R"sql(
ALTER TABLE interactions ADD COLUMN nanoseconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE interactions ADD COLUMN weight REAL;
ALTER TABLE imports ADD COLUMN content TEXT;
)sql";

// The user of a rejected row, by the id as read, if it was read; and files written from the database.
constexpr const char* what_remembers = R"sql(
ALTER TABLE import_rejects ADD COLUMN user TEXT;

CREATE TABLE outputs (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  kind TEXT NOT NULL,
  path TEXT NOT NULL UNIQUE
) STRICT;
)sql";

// Whether a model always keeps its tensors.
constexpr const char* pinned_models = "ALTER TABLE models ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0";

// Writes the old default sensitivity of choc-kale into runs and agents that relied on it, so that their stored commands
// still reproduce them.
constexpr const char* sensitivity_of_before = R"sql(
UPDATE runs SET
  command = CASE WHEN instr(command, ' --set ') > 0 THEN replace(command, ' --set ', ' --set sensitivity=0.01,')
                 ELSE command || ' --set sensitivity=0.01' END,
  configuration = json_insert(configuration, '$.settings[#]', 'sensitivity=0.01')
WHERE environment = 'choc-kale' AND json_valid(configuration) AND configuration NOT LIKE '%"sensitivity=%';
UPDATE models SET configuration = json_insert(configuration, '$.settings[#]', 'sensitivity=0.01')
WHERE CASE WHEN json_valid(configuration) THEN json_extract(configuration, '$.environment') END = 'choc-kale'
  AND configuration NOT LIKE '%"sensitivity=%';
)sql";

// From when (inclusive) and until when (exclusive) an item may be shown, in Unix seconds.
constexpr const char* availability = R"sql(
ALTER TABLE items ADD COLUMN available_from INTEGER;
ALTER TABLE items ADD COLUMN available_until INTEGER;
)sql";

// For table_digests.hpp.
constexpr const char* digests_of_tables = R"sql(
CREATE TABLE table_digests (
  name TEXT PRIMARY KEY,
  rows INTEGER NOT NULL,
  digest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// Slates shown to people, their candidates and probabilities: the logs from which other policies are evaluated. A log
// belongs to one policy; its names are ids of items, unless a small environment numbers its own. Clustered by session.
constexpr const char* kept_slates = R"sql(
CREATE TABLE slate_logs (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('run', 'service', 'import')),
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  policy TEXT NOT NULL,
  version TEXT NOT NULL,
  ordered INTEGER NOT NULL,
  names TEXT NOT NULL CHECK (names IN ('items', 'numbers')),
  content TEXT NOT NULL
) STRICT;
CREATE INDEX slate_logs_by_run ON slate_logs (run_id) WHERE run_id IS NOT NULL;

CREATE TABLE slates (
  log_id INTEGER NOT NULL REFERENCES slate_logs (id) ON DELETE CASCADE,
  session INTEGER NOT NULL,
  step INTEGER NOT NULL,
  person INTEGER NOT NULL,
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  time INTEGER,
  candidates TEXT,
  slate TEXT NOT NULL,
  probability REAL,
  places TEXT,
  prefixes TEXT,
  chosen INTEGER,
  reward REAL,
  PRIMARY KEY (log_id, session, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX slates_by_user ON slates (user_id) WHERE user_id IS NOT NULL;
)sql";

// Titles of items, by words (title_index.hpp). It has its own copy of the titles, as triggers are off.
constexpr const char* titles_by_words = R"sql(
CREATE VIRTUAL TABLE item_titles USING fts5 (title, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO item_titles (rowid, title) SELECT id, title FROM items WHERE title IS NOT NULL;
)sql";

// Finds the interactions with an item without reading all histories.
constexpr const char* interactions_by_item = "CREATE INDEX interactions_by_item ON interactions (item_id)";

// The service creates it when needed (feedback.hpp), so that imports do not pay for it.
constexpr const char* without_interactions_by_item = "DROP INDEX interactions_by_item";

// Renames settings of models to the field's names.
constexpr const char* settings_by_usual_names = R"sql(
UPDATE models SET configuration =
  replace(replace(replace(replace(replace(replace(configuration,
    '"hidden":', '"ffn_width":'), '"places":', '"positions":'), '"distances":', '"relative_buckets":'),
    '"rate":', '"learning_rate":'), '"decline":', '"lr_schedule":'), '"clip":', '"max_grad_norm":')
WHERE name = 'attention';
)sql";

// Values of items beside those with a column of their own: a brand, a category, an actor; several values of one name
// are several rows.
constexpr const char* item_attributes = R"sql(
CREATE TABLE item_attributes (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (item_id, name, value)
) STRICT, WITHOUT ROWID;
)sql";

// What train --search tried: settings as for train --set, and validation NDCG@10 by epoch as a JSON array.
constexpr const char* searches_of_settings = R"sql(
CREATE TABLE searches (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  configuration TEXT NOT NULL,
  seed INTEGER NOT NULL,
  data_fingerprint TEXT NOT NULL,
  holdout TEXT NOT NULL
) STRICT;

CREATE TABLE search_trials (
  search_id INTEGER NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
  trial INTEGER NOT NULL,
  settings TEXT NOT NULL,
  ndcg TEXT NOT NULL,
  seconds REAL NOT NULL,
  finished INTEGER NOT NULL,
  PRIMARY KEY (search_id, trial)
) STRICT, WITHOUT ROWID;
)sql";

// Vectors that people import for items: float32, little-endian, all of one length.
constexpr const char* imported_vectors = R"sql(
CREATE TABLE item_vectors (
  item_id INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
  vector BLOB NOT NULL
) STRICT;
)sql";

// Migration n takes a file from version n to n + 1. Once released, an entry never changes.
constexpr std::array migrations = {initial_schema,
                                   forgotten_users,
                                   told_by_applications,
                                   finer_interactions,
                                   what_remembers,
                                   pinned_models,
                                   sensitivity_of_before,
                                   availability,
                                   digests_of_tables,
                                   kept_slates,
                                   titles_by_words,
                                   interactions_by_item,
                                   without_interactions_by_item,
                                   settings_by_usual_names,
                                   item_attributes,
                                   searches_of_settings,
                                   imported_vectors};
// The version that has digests.
constexpr std::int64_t digests_since = 9;

std::int64_t pragma(const Database& db, const char* name) {
  Statement query = db.prepare(fmt::format("PRAGMA {}", name));
  query.step();
  return query.integer(0);
}

bool is_blank(const Database& db) {
  Statement query = db.prepare("SELECT count(*) FROM sqlite_schema");
  query.step();
  return query.integer(0) == 0 && pragma(db, "application_id") == 0 && pragma(db, "user_version") == 0;
}

void run_migrations(const Database& db, std::int64_t from) {
  try {
    for (auto version = static_cast<std::size_t>(from); version < migrations.size(); ++version) {
      db.execute(migrations[version]);
    }
  } catch (const SqliteError& error) {
    if (error.code() != SQLITE_ERROR) throw;
    throw DamagedError(fmt::format(
        "{}: not a valid file of schema version {} ({}); restore a copy, or import the data again into a new file",
        db.path(), from, error.what()));
  }
}

void migrate(Database& db, std::int64_t from) {
  if (has_digests(from)) {
    // New digests would hide errors that the old ones reveal.
    const std::vector<std::string> problems = check_digests(db);
    if (!problems.empty()) throw DamagedError(problems.front());
  }
  run_migrations(db, from);
  renew_digests(db);
  db.digests().start();
  db.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, schema_version));
}

}  // namespace

const std::int64_t schema_version = migrations.size();

std::int64_t check_identity(const Database& db) {
  if (const std::int64_t found = pragma(db, "application_id"); found != application_id) {
    throw DamagedError(fmt::format(
        "{}: a SQLite database, but not an infodiet one (application id {:#x}, expected {:#x}); check --db, or name a "
        "new file and fill it with `infodiet sample` or `infodiet import PATH`",
        db.path(), found, application_id));
  }
  const std::int64_t version = pragma(db, "user_version");
  if (version > schema_version) {
    throw DamagedError(
        fmt::format("{}: written by a newer infodiet (schema version {}, this program knows up to {}); install the "
                    "newer program or use another file",
                    db.path(), version, schema_version));
  }
  if (version < 1) {
    throw DamagedError(
        fmt::format("{}: schema version {}, expected 1 to {}; the file's header is damaged: restore a "
                    "copy or import the data again into a new file",
                    db.path(), version, schema_version));
  }
  return version;
}

bool has_digests(std::int64_t version) {
  return version >= digests_since;
}

Database database_of_version(std::int64_t version) {
  Database db = Database::blank();
  for (std::size_t i = 0; i < static_cast<std::size_t>(version); ++i) db.execute(migrations[i]);
  return db;
}

void prepare_schema(Database& db, OpenMode mode) {
  const auto version_of = [&] { return mode == OpenMode::create && is_blank(db) ? 0 : check_identity(db); };
  if (version_of() != schema_version) {
    Transaction transaction(db);
    // Another process may have done some of it while this one waited for the lock.
    const std::int64_t found = version_of();
    if (found != schema_version) migrate(db, found);
    transaction.commit();
  }
  // Last: switching first would leave a foreign file if the process died before the schema exists.
  db.execute("PRAGMA journal_mode = WAL");
}

}  // namespace infodiet::recsys
