// Whether a database is sound. Looks only; repairs nothing.
#pragma once

#include <string>
#include <vector>

namespace infodiet::recsys {

/// Everything wrong with the file at `path`, a sentence each; empty if it is sound: that it is ours and not newer, its
/// schema, SQLite's own integrity check, references between tables, and the checksums of every stored tensor.
/// Damage is reported, never thrown.
std::vector<std::string> check_database(const std::string& path);

}  // namespace infodiet::recsys
