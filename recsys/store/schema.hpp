// The tables of a database and their migrations; recsys/schema.md describes them for people. Holds no queries.
#pragma once

#include <cstdint>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Marks a SQLite file as ours: "infd".
inline constexpr std::int64_t application_id = 0x696e6664;
/// `PRAGMA user_version` of a current file: the number of migrations.
extern const std::int64_t schema_version;

/// The schema version of an infodiet file. Throws DamagedError if it is foreign or newer than this program.
std::int64_t check_identity(const Database& db);

/// Whether files of that version have digests of their tables.
bool has_digests(std::int64_t version);

/// An empty database in memory with the tables of that version.
Database database_of_version(std::int64_t version);

/// Creates the schema in an empty file (with OpenMode::create only) and migrates an older one, each migration in a
/// transaction. Throws as check_identity.
void prepare_schema(Database& db, OpenMode mode);

}  // namespace infodiet::recsys
