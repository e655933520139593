// A database to put something into that may not be there yet: it appears whole, or not at all.
#pragma once

#include <optional>
#include <string>

#include "engine/io/part_file.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// The database at `path`, or, where there is none, a new one that only its owner may read. A new one is written beside
/// its place and moved there by `appear`; without it nothing stays.
class DatabaseToFill {
 public:
  /// Throws as Database, and Error where no file can be made.
  explicit DatabaseToFill(const std::string& path);

  Database& db() { return *db_; }
  /// Closes the database, which is in its place then. Throws std::system_error, also if another process has made one
  /// there meanwhile.
  void appear();

 private:
  std::optional<engine::PartFile> part_;  // closed after the database: closing a file lets go of SQLite's locks
  std::optional<Database> db_;
};

}  // namespace infodiet::recsys
