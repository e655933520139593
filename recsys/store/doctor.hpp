// Checks a database. Repairs nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "recsys/store/database.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// Loads a stored model as its users do, and throws Error if that fails.
using LoadModel = std::function<void(const Database& db, const ModelRecord& model)>;

/// Everything wrong with the file at `path`, one sentence each; empty if it is sound. Checks identity and version,
/// schema, SQLite's integrity check, references between tables, the digest of every table, the checksums and finiteness
/// of every stored tensor, that models load by `load` (which may be empty), and that no forgetting was left unfinished.
/// Damage is reported, never thrown. Throws SqliteError if the disk or another process prevents a check.
std::vector<std::string> check_database(const std::string& path, const LoadModel& load = {});

}  // namespace infodiet::recsys
