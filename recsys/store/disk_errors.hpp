// Telling a disk that cannot be read from a damaged file, which SQLite does not: to it both are corruption.
#pragma once

struct sqlite3;

namespace infodiet::recsys {

/// Whether the latest read of the database file itself failed.
bool could_not_read(sqlite3* connection);

}  // namespace infodiet::recsys
