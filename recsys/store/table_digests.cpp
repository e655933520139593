#include "recsys/store/table_digests.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>

#include "recsys/store/database.hpp"
#include "recsys/store/row_hash.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::string_view digests_table = "table_digests";

thread_local RowHash row_hash;

TableSum& sum_of(TableSums& sums, std::string_view table) {
  const auto found = std::find_if(sums.begin(), sums.end(), [&](const TableSum& sum) { return sum.table == table; });
  if (found != sums.end()) return *found;
  return sums.emplace_back(TableSum{.table = std::string(table)});
}

std::vector<std::string> names_of_tables(const Database& db) {
  std::vector<std::string> names;
  // The contents of a virtual table are in its shadow tables.
  Statement query = db.prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')"
      " AND name NOT GLOB 'sqlite_*' AND name <> ? ORDER BY name");
  query.bind(digests_table);
  while (query.step()) names.emplace_back(query.text(0));
  return names;
}

TableSum sum_of_stored(const Database& db, const std::string& table) {
  TableSum sum{.table = table};
  Statement query = db.prepare(fmt::format("SELECT * FROM \"{}\"", table));
  while (query.step()) {
    ++sum.rows;
    row_hash.start();
    for (int column = 0; column < sqlite3_column_count(query.handle()); ++column) {
      row_hash.add(sqlite3_column_value(query.handle(), column));
    }
    sum.digest += row_hash.value();
  }
  return sum;
}

std::optional<TableSum> expected_sum(const Database& db, std::string_view table) {
  Statement query = db.prepare(fmt::format("SELECT rows, digest FROM {} WHERE name = ?", digests_table));
  query.bind(table);
  if (!query.step()) return std::nullopt;
  return TableSum{.table = std::string(table),
                  .rows = std::bit_cast<std::uint64_t>(query.integer(0)),
                  .digest = std::bit_cast<std::uint64_t>(query.integer(1))};
}

using ReadValue = int (*)(sqlite3*, int, sqlite3_value**);

// The hash of a changing row, before (sqlite3_preupdate_old) or after the change (sqlite3_preupdate_new).
std::uint64_t hash_changing(sqlite3* connection, ReadValue read) {
  row_hash.start();
  const int columns = sqlite3_preupdate_count(connection);
  for (int column = 0; column < columns; ++column) {
    sqlite3_value* value = nullptr;
    if (read(connection, column, &value) != SQLITE_OK) throw std::bad_alloc();
    row_hash.add(value);
  }
  return row_hash.value();
}

// If a migration added a column with a default, SQLite reports it as null when an older row changes. Such rows are
// rewritten first.
void fill_added_columns(const Database& db, const std::string& table) {
  Statement query = db.prepare("SELECT min(name) FROM pragma_table_info(?) WHERE dflt_value IS NOT NULL");
  query.bind(table);
  query.step();
  if (query.is_null(0)) return;
  db.execute(fmt::format("UPDATE \"{0}\" SET \"{1}\" = \"{1}\"", table, query.text(0)));
}

std::string advice_for(std::string_view table) {
  constexpr std::string_view derived[] = {"models", "model_tensors", "runs", "sessions", "steps"};
  const bool is_derived = std::find(std::begin(derived), std::end(derived), table) != std::end(derived);
  return is_derived ? "restore a copy, or import the data into a new file and train or simulate there again"
                    : "restore a copy, or import the data again into a new file";
}

// Virtual tables write their buffers before a savepoint.
void flush_virtual_tables(const Database& db) {
  db.execute("SAVEPOINT digests; RELEASE digests");
}

void store_sum(const Database& db, const TableSum& sum) {
  db.prepare(fmt::format("INSERT OR REPLACE INTO {} (name, rows, digest) VALUES (?, ?, ?)", digests_table))
      .run(sum.table, std::bit_cast<std::int64_t>(sum.rows), std::bit_cast<std::int64_t>(sum.digest));
}

}  // namespace

DigestKeeper::DigestKeeper(sqlite3* connection) : connection_(connection) {
  follow_changes(true);
}

void DigestKeeper::follow_changes(bool wanted) {
  const auto follow = [](void* keeper, sqlite3* changing, int operation, const char* database, const char* table,
                         sqlite3_int64, sqlite3_int64) {
    if (std::strcmp(database, "main") == 0) static_cast<DigestKeeper*>(keeper)->follow(changing, operation, table);
  };
  if (wanted) {
    sqlite3_preupdate_hook(connection_, follow, this);
  } else {
    sqlite3_preupdate_hook(connection_, nullptr, nullptr);
  }
}

void DigestKeeper::add_inserted(std::string_view table, std::uint64_t rows, std::uint64_t digest) {
  TableSum& sum = sum_of(changes_, table);
  sum.rows += rows;
  sum.digest += digest;
}

void DigestKeeper::start() {
  changes_.clear();
  lost_ = false;
}

void DigestKeeper::follow(sqlite3* connection, int operation, const char* table) noexcept {
  try {
    if (table == digests_table) return;
    TableSum& sum = sum_of(changes_, table);
    if (operation != SQLITE_INSERT) {
      --sum.rows;
      sum.digest -= hash_changing(connection, sqlite3_preupdate_old);
    }
    if (operation != SQLITE_DELETE) {
      ++sum.rows;
      sum.digest += hash_changing(connection, sqlite3_preupdate_new);
    }
  } catch (const std::bad_alloc&) {
    lost_ = true;
  }
}

void DigestKeeper::write(const Database& db) const {
  flush_virtual_tables(db);
  if (lost_) throw std::bad_alloc();
  for (const TableSum& change : changes_) {
    std::optional<TableSum> sum = expected_sum(db, change.table);
    if (!sum) continue;  // a damaged file
    sum->rows += change.rows;
    sum->digest += change.digest;
    store_sum(db, *sum);
  }
}

void renew_digests(const Database& db) {
  flush_virtual_tables(db);
  for (const std::string& table : names_of_tables(db)) {
    fill_added_columns(db, table);
    store_sum(db, sum_of_stored(db, table));
  }
}

std::vector<std::string> check_digests(const Database& db) {
  const Snapshot snapshot(db);
  std::vector<std::string> problems;
  for (const std::string& table : names_of_tables(db)) {
    const std::optional<TableSum> expected = expected_sum(db, table);
    const TableSum found = sum_of_stored(db, table);
    if (expected && expected->rows == found.rows && expected->digest == found.digest) continue;
    const std::string rows = expected && expected->rows != found.rows
                                 ? fmt::format("{} rows, expected {}", found.rows, expected->rows)
                                 : fmt::format("its {} rows differ from those that were written", found.rows);
    problems.push_back(fmt::format("{}: the table {} is damaged, or was changed by another program: {}; {}", db.path(),
                                   table, rows, advice_for(table)));
  }
  return problems;
}

}  // namespace infodiet::recsys
