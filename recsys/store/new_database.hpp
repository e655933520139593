// A database to fill, new or existing; a new one appears complete or not at all.
#pragma once

#include <optional>
#include <string>

#include "engine/io/part_file.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// The database at `path`, or a new one that only its owner may read. A new one is written to a temporary file and
/// renamed by `commit`; without `commit` nothing remains.
class DatabaseToFill {
 public:
  /// Throws as Database, and Error if the file cannot be created.
  explicit DatabaseToFill(const std::string& path);

  /// The open database.
  Database& db() { return *db_; }
  /// Closes the database and renames a new one to `path`. Throws std::system_error, also if another process has created
  /// that file meanwhile.
  void commit();

 private:
  std::optional<engine::PartFile> part_;  // destroyed after the database: closing a file releases SQLite's locks
  std::optional<Database> db_;
};

}  // namespace infodiet::recsys
