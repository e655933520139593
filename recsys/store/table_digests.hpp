// A digest of every table, kept in the file by the transactions that change it, so that `infodiet doctor` notices a
// byte that changed by itself. A table's digest is the sum of its rows' hashes, which no order changes: what a row
// costs is its own hash. Not cryptographic: see digest.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sqlite3;

namespace infodiet::recsys {

class Database;

/// What a table holds, or what a transaction adds to it; sums wrap around.
struct TableSum {
  std::string table;
  std::uint64_t rows = 0;
  std::uint64_t digest = 0;
};
using TableSums = std::vector<TableSum>;

/// Follows what one connection changes. What is changed outside a Transaction is not followed, and counts as damage: so
/// does what another program changes.
class DigestKeeper {
 public:
  /// Follows `connection` from now on; it must be closed before this object goes.
  explicit DigestKeeper(sqlite3* connection);
  DigestKeeper(const DigestKeeper&) = delete;
  DigestKeeper& operator=(const DigestKeeper&) = delete;

  /// What the open transaction has changed so far.
  const TableSums& changes() const { return changes_; }
  /// A transaction begins, or all of one is undone.
  void start();
  /// Goes back to what `changes` gave before, as savepoints do.
  void return_to(TableSums changes) { changes_ = std::move(changes); }
  /// Takes over rows that were inserted while an UntoldInserts lived: how many, and the sum of their hashes.
  void add_inserted(std::string_view table, std::uint64_t rows, std::uint64_t digest);
  /// Writes what was changed into the file's digests, inside the transaction that is about to commit. Throws
  /// std::bad_alloc where memory did not last to follow it.
  void write(const Database& db) const;

  /// A row is about to change: called by SQLite.
  void follow(sqlite3* connection, int operation, const char* table) noexcept;

 private:
  friend class UntoldInserts;
  void follow_changes(bool wanted);

  sqlite3* connection_;
  TableSums changes_;
  bool lost_ = false;
};

/// While it lives, SQLite tells the keeper of no change, which costs a fifth of a large import: whoever inserts rows
/// adds up their hashes (row_hash.hpp) for DigestKeeper::add_inserted(), and changes nothing else meanwhile.
class UntoldInserts {
 public:
  explicit UntoldInserts(DigestKeeper& keeper) : keeper_(&keeper) { keeper_->follow_changes(false); }
  ~UntoldInserts() { keeper_->follow_changes(true); }
  UntoldInserts(const UntoldInserts&) = delete;
  UntoldInserts& operator=(const UntoldInserts&) = delete;

 private:
  DigestKeeper* keeper_;
};

/// Computes every table's digest anew, inside the transaction that has changed tables themselves.
void renew_digests(const Database& db);

/// A sentence for every table whose rows are not those that were written; the file must have the current schema.
std::vector<std::string> check_digests(const Database& db);

}  // namespace infodiet::recsys
