// A digest of every table, stored in the file and updated by the transactions that change it, so that `infodiet doctor`
// notices flipped bytes. A table's digest is the sum of its rows' hashes, independent of order, so a change costs only
// the hashes of its rows. Not cryptographic: see digest.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sqlite3;

namespace infodiet::recsys {

class Database;

/// Rows and digest of a table, or what a transaction adds to them; sums wrap around.
struct TableSum {
  std::string table;
  std::uint64_t rows = 0;
  std::uint64_t digest = 0;
};
using TableSums = std::vector<TableSum>;

/// Tracks the changes of one connection. Changes outside a Transaction, or by another program, are not tracked and
/// count as damage.
class DigestKeeper {
 public:
  /// Tracks `connection`, which must be closed before this object is destroyed.
  explicit DigestKeeper(sqlite3* connection);
  DigestKeeper(const DigestKeeper&) = delete;
  DigestKeeper& operator=(const DigestKeeper&) = delete;

  /// What the open transaction has changed so far.
  const TableSums& changes() const { return changes_; }
  /// Call it when a transaction begins or is undone.
  void start();
  /// Restores an earlier value of `changes`, for savepoints.
  void return_to(TableSums changes) { changes_ = std::move(changes); }
  /// Adds rows that were inserted during an UntrackedInserts: their number and the sum of their hashes.
  void add_inserted(std::string_view table, std::uint64_t rows, std::uint64_t digest);
  /// Writes the changes to the file's digests, inside the transaction that is about to commit. Throws std::bad_alloc if
  /// tracking ran out of memory.
  void write(const Database& db) const;

  /// Called by SQLite before a row changes.
  void follow(sqlite3* connection, int operation, const char* table) noexcept;

 private:
  friend class UntrackedInserts;
  void follow_changes(bool wanted);

  sqlite3* connection_;
  TableSums changes_;
  bool lost_ = false;
};

/// During its lifetime SQLite's hook, which costs a fifth of a large import, is off: the code that inserts rows must
/// sum their hashes (row_hash.hpp) for DigestKeeper::add_inserted() and change nothing else.
class UntrackedInserts {
 public:
  explicit UntrackedInserts(DigestKeeper& keeper) : keeper_(&keeper) { keeper_->follow_changes(false); }
  ~UntrackedInserts() { keeper_->follow_changes(true); }
  UntrackedInserts(const UntrackedInserts&) = delete;
  UntrackedInserts& operator=(const UntrackedInserts&) = delete;

 private:
  DigestKeeper* keeper_;
};

/// Recomputes all digests, inside a transaction that has changed tables themselves.
void renew_digests(const Database& db);

/// One sentence for every table whose rows do not match its digest; the file must have the current schema.
std::vector<std::string> check_digests(const Database& db);

}  // namespace infodiet::recsys
