// Whether a database is sound. Looks only; repairs nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "recsys/store/database.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// Loads a stored model as whoever uses it does, and throws Error if that cannot be done.
using LoadModel = std::function<void(const Database& db, const ModelRecord& model)>;

/// Everything wrong with the file at `path`, a sentence each; empty if it is sound: that it is ours and not newer, its
/// schema, SQLite's own integrity check, references between tables, the digest of every table, the checksums and
/// finiteness of every stored tensor, whether each model that can be loaded is, by `load` (which may be empty), and
/// whether forgetting somebody was left unfinished. Damage is reported, never thrown. Throws SqliteError where the disk
/// or another process keeps it from looking.
std::vector<std::string> check_database(const std::string& path, const LoadModel& load = {});

}  // namespace infodiet::recsys
