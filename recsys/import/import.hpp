// Importing files of interactions and items into a database: the one entry point. What the formats look like is in
// recsys/import/README.md; each has a file of its own here. Reads only what it is given and never the network.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/columns.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

enum class ImportFormat {
  automatic,  ///< each file is looked into
  csv,        ///< comma, tab, semicolon or pipe between fields; the first line names them
  movielens,  ///< ml-100k's u.data and u.item, ml-1m's .dat, ml-latest's CSV
  recbole,    ///< atomic files: tabs, and a header of name:type
  sequence,   ///< `user item item ...` a line, oldest first
  pairs,      ///< `user item` a line, oldest first
  jsonl,      ///< a JSON object a line
};

/// The format's name on the command line: "auto", "csv", ...
std::string_view name_of(ImportFormat format);
std::optional<ImportFormat> import_format_named(std::string_view name);

struct ImportOptions {
  std::vector<std::string> paths = {};  ///< files, zip archives, folders; "-" is standard input
  ImportFormat format = ImportFormat::automatic;
  ColumnNames columns = {};               ///< what the user says the columns are called
  std::optional<double> min_rating = {};  ///< interactions rated below are left out
  std::int64_t max_errors = 1000;         ///< more rejected rows than this, and nothing is stored
};

/// A row that was read and could not be taken.
struct RejectedRow {
  std::string file = {};
  std::int64_t line = 0;  ///< from 1
  std::string reason = {};
  std::string text = {};  ///< the start of the row, as valid UTF-8
};

/// A file that was read, and what it was taken for.
struct ImportedFile {
  std::string name;
  ImportFormat format = ImportFormat::automatic;  ///< never automatic
};

enum class ImportOutcome {
  stored,
  unchanged,  ///< all of this content had been imported before with the same options: nothing was written
  stopped,    ///< the progress callback said so: nothing was written
};

/// What became of the rows.
struct ImportReport {
  ImportOutcome outcome = ImportOutcome::stored;
  // Rows of interactions (in sequences: items):
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;
  std::int64_t duplicates = 0;        ///< stored already with the same user, item and time
  std::int64_t below_min_rating = 0;  ///< neither accepted nor rejected
  // Rows of item and user files:
  std::int64_t accepted_attributes = 0;
  std::int64_t rejected_attributes = 0;
  // In the database, afterwards:
  std::int64_t users = 0;
  std::int64_t items = 0;
  std::vector<ImportedFile> imported_files = {};
  std::vector<std::string> unchanged_files = {};
  std::vector<RejectedRow> first_rejects = {};  ///< at most ten; all are in the table import_rejects
};

struct ImportProgress {
  std::uint64_t bytes_done = 0;   ///< of the files as they lie on disk
  std::uint64_t bytes_total = 0;  ///< 0 while standard input is still coming in
  std::int64_t rows = 0;          ///< read so far
};

enum class Proceed { yes, stop };
using ImportProgressCallback = std::function<Proceed(const ImportProgress&)>;

/// Imports everything in `options.paths` as one transaction: all of it, or nothing. Files of items come first.
/// `progress` is called every mebibyte or so, on this thread.
/// Throws DataError if a path does not exist or nothing in it is known, a file is empty, binary or cut short, no row
/// was accepted, or more than `max_errors` were rejected (the message shows the first few); SqliteError.
ImportReport import_paths(Database& db, const ImportOptions& options, const ImportProgressCallback& progress = {});

}  // namespace infodiet::recsys
