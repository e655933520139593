// Kept slates as a file that `import --slates` and other programs read.
#pragma once

#include <cstddef>
#include <filesystem>

#include "recsys/csv_file.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::tools {

/// Writes a CSV row for every kept slate of every log, with the columns of recsys/import/README.md and the log's number
/// first. Items have their imported ids, or their numbers if an environment numbers them; people have their ids if
/// known. Returns the number of rows. Throws DamagedError, std::system_error.
std::size_t export_slates(const std::filesystem::path& path, const recsys::Database& db, recsys::CellText text);

}  // namespace infodiet::tools
