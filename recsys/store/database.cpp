#include "recsys/store/database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <tuple>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/store/disk_errors.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/schema.hpp"

namespace infodiet::recsys {
namespace {

std::atomic<void (*)()> waiting_observer = nullptr;

// Locks are released when their process dies, so every wait ends.
int wait_for_lock(void*, int waits_before) {
  constexpr auto pause = std::chrono::milliseconds(20);
  constexpr int waits_of_a_second = 50;
  if (waits_before == waits_of_a_second) {
    if (const auto observer = waiting_observer.load()) observer();
  }
  std::this_thread::sleep_for(waits_before == 0 ? pause / 10 : pause);
  return 1;
}

const char* advice_for(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "; the disk is full or the file at its limit: free some space and run the command again";
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "; the file cannot be written: check the permissions of the file and of its folder";
    case SQLITE_CANTOPEN:
      return "; the file cannot be opened: check that its folder exists and can be written";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "; another process is writing to this file: wait for it to end and run the command again";
    case SQLITE_IOERR:
      return "; the disk reported an error: check its free space and health, and what ulimit -f allows";
    default:
      return "";
  }
}

[[noreturn]] void throw_damaged(int code, std::string_view message, std::string_view sql, const std::string& path) {
  throw DamagedError(fmt::format(
      "{}: the database is damaged (SQLite code {}: {}{}{}); run `infodiet doctor` for details, then restore a copy or "
      "import the data again into a new file",
      path, code, message, sql.empty() ? "" : ", in: ", sql));
}

// Looks at every page.
bool is_sound(sqlite3* handle) {
  const auto compare = [](void* sound, int, char** values, char**) {
    *static_cast<bool*>(sound) = std::string_view(values[0]) == "ok";
    return 0;
  };
  bool sound = true;
  const int code = sqlite3_exec(handle, "PRAGMA quick_check(1)", compare, &sound, nullptr);
  return sound && (code & 0xff) != SQLITE_CORRUPT;
}

[[noreturn]] void throw_sqlite(sqlite3* handle, int code, std::string_view sql, const std::string& path) {
  const std::string message = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  if (handle != nullptr && sqlite3_errcode(handle) != SQLITE_OK) code = sqlite3_extended_errcode(handle);
  const bool is_damage = (code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT;
  if (is_damage && handle != nullptr && could_not_read(handle)) {
    throw SqliteError(SQLITE_IOERR, "the file cannot be read" + std::string(advice_for(SQLITE_IOERR)), std::string(sql),
                      path);
  }
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      throw DamagedError(fmt::format(
          "{}: not an infodiet database (SQLite: {}); expected a file made by `infodiet import` or `infodiet sample`: "
          "check --db",
          path, message));
    case SQLITE_CORRUPT:
      throw_damaged(code, message, sql, path);
    case SQLITE_NOMEM:
      // A length that is damaged can look to SQLite like memory that it did not get.
      if (handle != nullptr && !is_sound(handle)) throw_damaged(code, "a length makes no sense", sql, path);
      throw std::bad_alloc();
    case SQLITE_ERROR:
      if (message.starts_with("no such ")) {
        throw DamagedError(
            fmt::format("{}: its tables are not as this program made them (SQLite: {}); run `infodiet doctor` for "
                        "details, then restore a copy or import the data again into a new file",
                        path, message));
      }
      throw SqliteError(code, message, std::string(sql), path);
    default:
      throw SqliteError(code, message + advice_for(code), std::string(sql), path);
  }
}

void check_file(const std::string& path, OpenMode mode) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    if (mode == OpenMode::create) return;
    throw Error(
        fmt::format("{}: no such database; `infodiet sample` or `infodiet import PATH` creates one, "
                    "and --db names another",
                    path));
  }
  if (status.type() == std::filesystem::file_type::none) {
    throw Error(
        fmt::format("{}: cannot examine the file ({}); check the permissions of its folder", path, error.message()));
  }
  if (status.type() != std::filesystem::file_type::regular) {
    throw Error(fmt::format("{}: not a regular file; --db expects the path of a database file", path));
  }
}

// A write-ahead log needs files beside the database even for readers, which cannot create them here.
bool needs_no_log(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  return faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) != 0 && !std::filesystem::exists(path + "-wal");
}

// Whether nobody can change the file, so that SQLite may read it without locks.
bool is_immutable(const std::string& path) {
  struct statvfs disk {};
  return statvfs(path.c_str(), &disk) == 0 && (disk.f_flag & ST_RDONLY) != 0;
}

struct FreeBytes {
  void operator()(unsigned char* bytes) const { sqlite3_free(bytes); }
};
struct FileImage {
  std::unique_ptr<unsigned char, FreeBytes> bytes;
  sqlite3_int64 size = 0;
};

FileImage read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  FileImage image{.bytes = {}, .size = static_cast<sqlite3_int64>(std::filesystem::file_size(path))};
  image.bytes.reset(static_cast<unsigned char*>(sqlite3_malloc64(static_cast<sqlite3_uint64>(image.size) + 1)));
  if (!image.bytes) throw std::bad_alloc();
  file.read(static_cast<char*>(static_cast<void*>(image.bytes.get())), image.size);
  if (!file) throw Error(fmt::format("{}: cannot be read to its end: check the permissions of the file", path));
  return image;
}

// A consistent copy of a file that others may write and whose locks this process cannot take.
FileImage image_of(const std::string& path) {
  const auto state = [&] {
    struct stat status {};
    stat(path.c_str(), &status);
    return std::tuple(status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                      std::filesystem::exists(path + "-wal"));
  };
  const auto before = state();
  FileImage image = read_file(path);
  if (std::get<4>(before) || state() != before) {
    throw Error(
        fmt::format("{}: another account is writing to this file, whose folder you cannot write: wait for it "
                    "to end and run the command again",
                    path));
  }
  // An image has no log: bytes 18 and 19 of the header say so.
  constexpr sqlite3_int64 header_bytes = 100;
  if (image.size >= header_bytes) image.bytes.get()[18] = image.bytes.get()[19] = 1;
  return image;
}

std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

// SQLite pads a truncated last page with zeros. Pages that are still only in the log may be missing from the file.
void check_length(const Database& db) {
  std::error_code ignored;
  const std::uintmax_t log_bytes = std::filesystem::file_size(db.path() + "-wal", ignored);
  if (!ignored && log_bytes > 0) return;
  Statement query = db.prepare("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  query.step();
  const auto expected = static_cast<std::uintmax_t>(query.integer(0));
  if (const std::uintmax_t found = std::filesystem::file_size(db.path()); found < expected) {
    throw DamagedError(
        fmt::format("{}: the file is cut short: {} bytes, expected {}; restore a copy, or import the "
                    "data again into a new file",
                    db.path(), found, expected));
  }
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

void Database::open(const std::string& name, int flags) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) throw_sqlite(handle, code, "", path_);

  wait_as_long_as_others_work();
  // The file may come from anyone: its schema must not be able to run anything.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  // Up to 128 MiB of pages in memory; the log shrinks again after a large import.
  execute(
      "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON; PRAGMA cache_size = -131072;"
      "PRAGMA journal_size_limit = 16777216");
  digests_ = std::make_unique<DigestKeeper>(handle);
}

Database::Database(const std::string& path, OpenMode mode) : path_(path) {
  check_file(path, mode);
  const bool reads_only = mode == OpenMode::read_only || mode == OpenMode::inspect;
  if (reads_only && needs_no_log(path) && is_immutable(path)) {
    open(immutable_uri(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  } else if (reads_only && needs_no_log(path)) {
    open_image(path);
  } else {
    // Readers open for writing too, so that the last of them can remove the log; query_only prevents changes.
    open(std::filesystem::absolute(path).string(),
         SQLITE_OPEN_READWRITE | (mode == OpenMode::create ? SQLITE_OPEN_CREATE : 0));
  }
  if (!reads_only) {
    prepare_schema(*this, mode);
  } else if (check_identity(*this) < schema_version && mode == OpenMode::read_only) {
    const Database migrated(path, OpenMode::read_write);
  }
  check_length(*this);
  if (!reads_only) finished_forgetting_ = finish_forgetting(*this);
  if (reads_only) execute("PRAGMA query_only = ON");
}

void Database::open_image(const std::string& path) {
  FileImage image = image_of(path);
  open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY);
  const int code = sqlite3_deserialize(handle_.get(), "main", image.bytes.release(), image.size, image.size,
                                       SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
  if (code != SQLITE_OK) throw_sqlite(handle_.get(), code, "", path_);
}

Database Database::blank() {
  Database db(":memory:");
  db.open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY);
  return db;
}

Database Database::in_memory() {
  Database db = blank();
  prepare_schema(db, OpenMode::create);
  return db;
}

Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Statement Database::prepare(std::string_view sql) const {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), 0, &handle, nullptr);
  if (code != SQLITE_OK) throw_sqlite(handle_.get(), code, sql, path_);
  return {handle, path_};
}

void Database::execute(const std::string& sql) const {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_sqlite(handle_.get(), code, sql, path_);
}

std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle_.get());
}
std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_.get());
}
void Database::wait_at_most(std::chrono::milliseconds time) const {
  sqlite3_busy_timeout(handle_.get(), static_cast<int>(time.count()));
}
void Database::wait_as_long_as_others_work() const {
  sqlite3_busy_handler(handle_.get(), wait_for_lock, nullptr);
}
void observe_waiting(void (*observer)()) {
  waiting_observer = observer;
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const {
  sqlite3_finalize(handle);
}

Statement::Statement(sqlite3_stmt* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
Statement::~Statement() = default;
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;

void Statement::check(int code) const {
  if (code != SQLITE_OK) throw_sqlite(sqlite3_db_handle(handle_.get()), code, sqlite3_sql(handle_.get()), path_);
}

Statement& Statement::start_binding(std::size_t count) {
  sqlite3_reset(handle_.get());
  const int expected = sqlite3_bind_parameter_count(handle_.get());
  if (count != static_cast<std::size_t>(expected)) {
    throw SqliteError(SQLITE_MISUSE, fmt::format("{} values bound to {} parameters", count, expected),
                      sqlite3_sql(handle_.get()), path_);
  }
  bound_ = 0;
  return *this;
}

void Statement::bind_one(int index, std::nullptr_t) {
  check(sqlite3_bind_null(handle_.get(), index));
}
void Statement::bind_integer(int index, std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), index, value));
}
void Statement::bind_real(int index, double value) {
  check(sqlite3_bind_double(handle_.get(), index, value));
}
void Statement::bind_one(int index, std::string_view text) {
  // A null pointer would bind NULL instead of empty text.
  const char* data = text.data() != nullptr ? text.data() : "";
  check(sqlite3_bind_text64(handle_.get(), index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Statement::bind_one(int index, Blob blob) {
  if (blob.empty()) {
    check(sqlite3_bind_zeroblob(handle_.get(), index, 0));
  } else {
    check(sqlite3_bind_blob64(handle_.get(), index, blob.data(), blob.size(), SQLITE_TRANSIENT));
  }
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    try {
      throw_sqlite(sqlite3_db_handle(handle_.get()), code, sqlite3_sql(handle_.get()), path_);
    } catch (...) {
      reset();
      throw;
    }
  }
  reset();
  return false;
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(handle_.get(), column);
}
std::string_view Statement::text(int column) const {
  const unsigned char* data = sqlite3_column_text(handle_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(static_cast<const void*>(data)),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}
Blob Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}
std::optional<std::int64_t> Statement::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}
std::optional<double> Statement::optional_real(int column) const {
  return is_null(column) ? std::nullopt : std::optional(real(column));
}
std::optional<std::string> Statement::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(std::string(text(column)));
}

Transaction::Transaction(Database& db) : db_(&db), nested_(db.in_transaction()) {
  db.execute(nested_ ? "SAVEPOINT nested" : "BEGIN IMMEDIATE");
  if (!nested_) {
    db.digests().start();
  } else {
    changes_before_ = db.digests().changes();
  }
}
Transaction::~Transaction() {
  // SQLite may have rolled back by itself, for example on a full disk; then undoing fails, harmlessly.
  if (!open_ || !db_->in_transaction()) return;
  sqlite3_exec(db_->handle(), nested_ ? "ROLLBACK TO nested; RELEASE nested" : "ROLLBACK", nullptr, nullptr, nullptr);
  db_->digests().return_to(std::move(changes_before_));
}
void Transaction::commit() {
  if (!nested_) db_->digests().write(*db_);
  db_->execute(nested_ ? "RELEASE nested" : "COMMIT");
  open_ = false;
}

Snapshot::Snapshot(const Database& db) : db_(&db), owns_(!db.in_transaction()) {
  if (!owns_) return;
  db.execute("BEGIN");
  try {
    db.execute("SELECT 1 FROM sqlite_schema LIMIT 1");  // the first read decides which state is seen
  } catch (...) {
    sqlite3_exec(db.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

Snapshot::~Snapshot() {
  if (owns_) sqlite3_exec(db_->handle(), "COMMIT", nullptr, nullptr, nullptr);
}

}  // namespace infodiet::recsys
