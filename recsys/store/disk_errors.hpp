// Distinguishes an unreadable disk from a damaged file; SQLite reports both as corruption.
#pragma once

struct sqlite3;

namespace infodiet::recsys {

/// Whether the latest read of the database file itself failed.
bool could_not_read(sqlite3* connection);

}  // namespace infodiet::recsys
