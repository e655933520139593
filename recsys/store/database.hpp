// A thin RAII layer over SQLite: our database file, prepared statements with bound parameters, transactions. All SQLite
// codes become exceptions here. Deliberately no query builder and no object mapping.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "recsys/store/table_digests.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace infodiet::recsys {

/// How to open a file.
enum class OpenMode {
  read_only,   ///< the file must exist; nothing is written, except that an older schema is migrated first
  read_write,  ///< the file must exist
  create,      ///< a missing file is created; only for `import` and `sample`
  inspect,     ///< as read_only, without migrating an older schema
};

class Statement;

/// An open database file of infodiet, configured and with the current schema. Used by one thread at a time; several
/// processes may have the same file open, of which one at a time writes.
class Database {
 public:
  /// Opens `path` and checks that it is an infodiet file, readable and not newer than this program. Throws Error
  /// (missing, or not a regular file), DamagedError (foreign, newer or truncated), SqliteError.
  Database(const std::string& path, OpenMode mode);
  /// An empty database in memory.
  static Database in_memory();
  /// The same without any table.
  static Database blank();
  ~Database();
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;

  /// As given to the constructor.
  const std::string& path() const { return path_; }

  /// Compiles one SQL statement. Throws SqliteError.
  Statement prepare(std::string_view sql) const;
  /// Runs SQL without parameters or results, possibly several statements. Throws SqliteError.
  void execute(const std::string& sql) const;

  /// The id of the latest inserted row.
  std::int64_t last_insert_id() const;
  /// Rows changed by the latest INSERT, UPDATE or DELETE.
  std::int64_t changes() const;
  bool in_transaction() const;
  /// Whether opening finished an interrupted `forget` (forget.hpp).
  bool finished_forgetting() const { return finished_forgetting_; }
  /// Limits how long a writer waits for others; by default, as long as they write.
  void wait_at_most(std::chrono::milliseconds time) const;
  /// Restores the default.
  void wait_as_long_as_others_work() const;

  sqlite3* handle() const { return handle_.get(); }
  DigestKeeper& digests() const { return *digests_; }

 private:
  explicit Database(std::string path) : path_(std::move(path)) {}
  void open(const std::string& name, int flags);
  void open_image(const std::string& path);

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string path_;
  std::unique_ptr<DigestKeeper> digests_;  // before the connection, which calls it until it is closed
  std::unique_ptr<sqlite3, Close> handle_;
  bool finished_forgetting_ = false;
};

/// From now on, on any connection, calls `observer` once in every wait of more than a second for another writer. Null:
/// no observer.
void observe_waiting(void (*observer)());

using Blob = std::span<const std::byte>;

/// A prepared statement. Parameters are `?`, bound from left to right; values are copied.
///
///     Statement query = db.prepare("SELECT id, key FROM users WHERE id > ?");
///     query.bind(7);
///     while (query.step()) use(query.integer(0), query.text(1));
class Statement {
 public:
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;

  /// Resets the statement and binds all of its parameters: integers, floating-point numbers, text, blobs, nullptr, or
  /// std::optional of those. Throws SqliteError if their number differs.
  template <class... Args>
  Statement& bind(const Args&... args) {
    return start_binding(sizeof...(Args)).bind_next(args...);
  }
  /// The same in pieces, for statements with many parameters: `count` values follow through bind_next.
  Statement& start_binding(std::size_t count);
  template <class... Args>
  Statement& bind_next(const Args&... args) {
    (bind_one(++bound_, args), ...);
    return *this;
  }
  /// Advances to the next row; false when there is none, and the statement is then reset. Throws SqliteError.
  bool step();
  /// Binds all parameters and runs to the end.
  template <class... Args>
  void run(const Args&... args) {
    bind(args...);
    while (step()) {
    }
  }
  /// Ends a query early and releases its locks.
  void reset();

  // Columns of the current row, from 0. Text and blobs stay valid until the next step, bind or reset.
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  Blob blob(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;
  std::optional<double> optional_real(int column) const;
  std::optional<std::string> optional_text(int column) const;

  sqlite3_stmt* handle() const { return handle_.get(); }

 private:
  friend class Database;
  Statement(sqlite3_stmt* handle, std::string path);

  void bind_one(int index, std::nullptr_t);
  void bind_one(int index, std::string_view text);
  void bind_one(int index, Blob blob);
  void bind_integer(int index, std::int64_t value);
  void bind_real(int index, double value);
  template <std::integral T>
  void bind_one(int index, T value) {
    bind_integer(index, static_cast<std::int64_t>(value));
  }
  template <std::floating_point T>
  void bind_one(int index, T value) {
    bind_real(index, static_cast<double>(value));
  }
  template <class T>
  void bind_one(int index, const std::optional<T>& value) {
    if (value) {
      bind_one(index, *value);
    } else {
      bind_one(index, nullptr);
    }
  }
  void check(int code) const;

  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  std::string path_;
  int bound_ = 0;
};

/// All or nothing: without commit() the destructor undoes everything written since construction. Inside another
/// transaction it is a savepoint, so functions that use one can be combined. All changes of rows must be inside one,
/// since it also updates the tables' digests (table_digests.hpp). Do not commit after a failed statement.
class Transaction {
 public:
  /// Takes the write lock at once, so that nothing read inside can be changed by others before it is written.
  explicit Transaction(Database& db);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Makes the changes permanent. Throws SqliteError.
  void commit();

 private:
  Database* db_;
  bool nested_;
  bool open_ = true;
  TableSums changes_before_;
};

/// During its lifetime every query of the connection sees the file as it was at construction, whatever others write.
class Snapshot {
 public:
  explicit Snapshot(const Database& db);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  const Database* db_;
  bool owns_;
};

}  // namespace infodiet::recsys
