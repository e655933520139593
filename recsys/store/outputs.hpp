// Files that were written from the database and may name people, so that `forget` can list them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// A file that was written.
struct Output {
  std::string kind = {};  ///< "report", "recommendations", "weights", ...
  std::string path = {};  ///< absolute
};

/// Records that a file or folder was written from this database, now. Returns false if the database cannot be written
/// within a second; the output remains in any case. Ignores pipes and terminals.
bool record_output(const std::string& database, std::string_view kind, const std::filesystem::path& path);

/// Files written at `since` (Unix seconds) or later that still exist, by path.
std::vector<Output> list_outputs(const Database& db, std::int64_t since);

}  // namespace infodiet::recsys
