// Simulated runs as a table for other programs.
#pragma once

#include <cstddef>
#include <filesystem>

#include "recsys/csv_file.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::tools {

/// Writes a CSV row for every policy of every run, or every point of a sweep: the run's number, environment, seed,
/// command and reward (JSON), the policy and, in a sweep, its setting, its return, and each diet metric's mean under
/// its name in the JSON of `simulate`. Unknown values are empty. Returns the number of rows. Throws DamagedError if a
/// run's stored figures are invalid, std::system_error if the file cannot be written.
std::size_t export_runs(const std::filesystem::path& path, const recsys::Database& db, recsys::CellText text);

}  // namespace infodiet::tools
