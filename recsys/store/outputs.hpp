// Files that were written of what the database holds and that name people or remember them, so that forgetting somebody
// can say where they still stand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

struct Output {
  std::string kind = {};  ///< "report", "recommendations", "weights", ...
  std::string path = {};  ///< absolute
};

/// Remembers that a file or folder was written of this database, now. Returns false where the database cannot be
/// written, or not within a second: what was written stands all the same. A pipe or a terminal is nothing to remember.
bool record_output(const std::string& database, std::string_view kind, const std::filesystem::path& path);

/// Those written at `since` (Unix seconds) or later that are still there, by path.
std::vector<Output> list_outputs(const Database& db, std::int64_t since);

}  // namespace infodiet::recsys
