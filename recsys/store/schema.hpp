// What the tables of a database are and how an older file becomes a current one; recsys/schema.md describes them for
// people. Not the place for queries.
#pragma once

#include <cstdint>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Marks a SQLite file as ours: "infd".
inline constexpr std::int64_t application_id = 0x696e6664;
/// `PRAGMA user_version` of a current file: the number of migrations.
extern const std::int64_t schema_version;

/// The version of an existing database of ours. Throws DamagedError if it is not ours or newer than this program.
std::int64_t check_identity(const Database& db);

/// Whether files of that version have digests of their tables.
bool has_digests(std::int64_t version);

/// An empty database in memory with the tables that files of that version have.
Database database_of_version(std::int64_t version);

/// Makes an empty file ours (with OpenMode::create only), and brings an older one up to date, each migration in a
/// transaction. Throws as check_identity.
void prepare_schema(Database& db, OpenMode mode);

}  // namespace infodiet::recsys
