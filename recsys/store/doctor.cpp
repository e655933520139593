#include "recsys/store/doctor.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "recsys/errors.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/disk_errors.hpp"
#include "recsys/store/feedback.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/schema.hpp"
#include "recsys/store/slates.hpp"
#include "recsys/store/table_digests.hpp"
#include "recsys/store/tensor_chunks.hpp"

namespace infodiet::recsys {
namespace {

using Problems = std::vector<std::string>;

bool is_of_the_file(const SqliteError& error) {
  constexpr int of_disk_or_others[] = {SQLITE_IOERR,  SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_BUSY,
                                       SQLITE_LOCKED, SQLITE_PERM, SQLITE_READONLY};
  return std::find(std::begin(of_disk_or_others), std::end(of_disk_or_others), error.code() & 0xff) ==
         std::end(of_disk_or_others);
}

// Runs one check; damage that ends it early is a finding.
template <class Check>
void run(Problems& problems, Check&& check) {
  try {
    check();
  } catch (const SqliteError& error) {
    if (!is_of_the_file(error)) throw;
    problems.emplace_back(error.what());
  } catch (const Error& error) {
    problems.emplace_back(error.what());
  }
}

std::map<std::string, std::string> schema_of(const Database& db) {
  std::map<std::string, std::string> schema;
  for (Statement query = db.prepare("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL");
       query.step();) {
    schema.emplace(query.text(0), query.text(1));
  }
  return schema;
}

void check_schema(const Database& db, Problems& problems) {
  const std::map<std::string, std::string> found = schema_of(db);
  Database sound = database_of_version(check_identity(db));
  if (found.contains("index interactions_by_item")) index_by_item(sound);  // as the service does
  const std::map<std::string, std::string> expected = schema_of(sound);
  for (const auto& [name, sql] : expected) {
    const auto entry = found.find(name);
    if (entry == found.end()) {
      problems.push_back(fmt::format("{}: the {} is missing", db.path(), name));
    } else if (entry->second != sql) {
      problems.push_back(fmt::format("{}: the {} is not as this program made it", db.path(), name));
    }
  }
  for (const auto& [name, sql] : found) {
    // ANALYZE leaves tables of its own.
    if (!expected.contains(name) && !name.starts_with("table sqlite_")) {
      problems.push_back(fmt::format("{}: the {} does not belong in it", db.path(), name));
    }
  }
}

void check_integrity(const Database& db, Problems& problems) {
  for (Statement query = db.prepare("PRAGMA integrity_check"); query.step();) {
    if (could_not_read(db.handle())) {
      throw SqliteError(SQLITE_IOERR, "the disk could not be read: check its health", "", db.path());
    }
    if (query.text(0) != "ok") problems.push_back(fmt::format("{}: {}", db.path(), query.text(0)));
  }
}

void check_references(const Database& db, Problems& problems) {
  Statement query = db.prepare("SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2");
  while (query.step()) {
    problems.push_back(fmt::format("{}: {} rows of {} name rows of {} that do not exist", db.path(), query.integer(2),
                                   query.text(0), query.text(1)));
  }
}

void check_tables(const Database& db, Problems& problems) {
  if (!has_digests(check_identity(db))) return;
  for (std::string& problem : check_digests(db)) problems.push_back(std::move(problem));
}

// Only columns that older files have too.
std::vector<ModelRecord> models_by_name(const Database& db) {
  std::vector<ModelRecord> models;
  for (Statement query = db.prepare("SELECT id, name FROM models ORDER BY id"); query.step();) {
    models.push_back({.id = query.integer(0), .name = std::string(query.text(1))});
  }
  return models;
}

void check_tensors(const Database& db, const ModelRecord& model, Problems& problems) {
  for (const TensorInfo& tensor : list_tensors(db, model)) {
    run(problems, [&] { verify_tensor(db, model, tensor); });
  }
}

void check_models(const Database& db, const LoadModel& load, Problems& problems) {
  for (const ModelRecord& model : models_by_name(db)) {
    const std::size_t before = problems.size();
    run(problems, [&] { check_tensors(db, model, problems); });
    if (problems.size() > before || !load || check_identity(db) < schema_version) continue;
    run(problems, [&] {
      const ModelRecord record = require_model(db, model.id);
      if (record.loadable && record.state != ModelState::training) load(db, record);
    });
  }
}

void check_slates(const Database& db, Problems& problems) {
  if (check_identity(db) < schema_version) return;
  for (const SlateLogSize& log : list_slate_logs(db)) {
    run(problems, [&] { read_slates(db, log.log.id, [](const KeptSlate&) {}); });
  }
}

void check_forgetting(const Database& db, Problems& problems) {
  if (!is_forgetting_unfinished(db)) return;
  problems.push_back(
      fmt::format("{}: forgetting somebody was interrupted, so bytes of their id may remain in unused pages: the next "
                  "command that writes to the file (import, train, forget, ...) overwrites them",
                  db.path()));
}

}  // namespace

std::vector<std::string> check_database(const std::string& path, const LoadModel& load) {
  Problems problems;
  run(problems, [&] {
    const Database db(path, OpenMode::inspect);
    run(problems, [&] { check_schema(db, problems); });
    run(problems, [&] { check_integrity(db, problems); });
    run(problems, [&] { check_references(db, problems); });
    run(problems, [&] { check_tables(db, problems); });
    run(problems, [&] { check_models(db, load, problems); });
    run(problems, [&] { check_slates(db, problems); });
    run(problems, [&] { check_forgetting(db, problems); });
  });
  return problems;
}

}  // namespace infodiet::recsys
