// Importing files of interactions and items into a database: the one entry point. What can be read is in
// recsys/import/README.md. Never uses the network.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/row_reader.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// What to import, and how.
struct ImportOptions {
  std::vector<std::string> paths = {};  ///< files, zip archives, folders; "-" is standard input
  ImportFormat format = ImportFormat::automatic;
  ColumnNames columns = {};                ///< names of columns given by the user
  std::optional<TimeUnit> time_unit = {};  ///< of times that are numbers
  std::string time_format = {};            ///< of times that are dates, in strptime's syntax
  std::string topic_separator = {};
  std::optional<std::string> person = {};            ///< the user of all rows
  std::optional<double> min_rating = {};             ///< leaves out interactions rated lower, or not rated
  std::vector<std::string> only_events = {};         ///< leaves out all other events; empty: none
  std::map<std::string, double> event_weights = {};  ///< weight of interactions by their event; 1 for others
  std::int64_t max_errors = 1000;                    ///< with more rejected rows than this, nothing is stored
  bool again = false;    ///< first deletes what a file of the same name or content stored before
  bool dry_run = false;  ///< reads and checks everything, stores nothing

  ReadingOptions reading() const {
    return {.format = format,
            .columns = columns,
            .time_unit = time_unit,
            .time_format = time_format,
            .topic_separator = topic_separator,
            .person = person};
  }
};

/// A row that was read but rejected.
struct RejectedRow {
  std::string file = {};
  std::int64_t line = 0;  ///< from 1
  std::string reason = {};
  std::string text = {};  ///< the start of the row, as valid UTF-8
};

/// Rows rejected for one cause.
struct RejectGroup {
  std::string cause = {};
  std::int64_t count = 0;
  std::vector<RejectedRow> first = {};  ///< at most three
};

/// A file that was read: how it was understood, and the result.
struct ImportedFile {
  std::string name;
  Understanding understanding = {};
  std::optional<Instant> first_time = {};
  std::optional<Instant> last_time = {};
  std::vector<std::string> notes = {};       ///< remarks for the user, one sentence each
  std::vector<std::string> first_rows = {};  ///< the first accepted rows, as they were understood
};

/// How many consumed items are described, and how many described items were consumed.
struct AttributeCoverage {
  std::int64_t items_in_log = 0;
  std::int64_t described_in_log = 0;     ///< of those, with a title, topics or another attribute
  std::int64_t described = 0;            ///< by this import
  std::int64_t described_elsewhere = 0;  ///< of those, not in the log
};

/// How an import ended.
enum class ImportOutcome {
  stored,
  unchanged,  ///< all content had been imported before and read the same way: nothing was written
  stopped,    ///< by the progress callback: nothing was written
};

/// The result of an import.
struct ImportReport {
  ImportOutcome outcome = ImportOutcome::stored;
  // Rows of interactions (in sequences: items):
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;
  std::int64_t duplicates = 0;        ///< stored already with the same user, item, time and event, or in the same order
  std::int64_t below_min_rating = 0;  ///< or not rated; neither accepted nor rejected
  std::int64_t other_events = 0;      ///< left out by event; neither accepted nor rejected
  std::int64_t replaced = 0;          ///< interactions of earlier imports that were deleted first
  // Rows of item and user files:
  std::int64_t accepted_attributes = 0;
  std::int64_t rejected_attributes = 0;
  // In the database, afterwards:
  std::int64_t users = 0;
  std::int64_t items = 0;
  std::vector<ImportedFile> imported_files = {};
  std::vector<std::string> unchanged_files = {};
  std::vector<RejectGroup> rejects = {};             ///< in the order of their first rows
  std::vector<RejectedRow> first_rejects = {};       ///< at most ten; all are in the table import_rejects
  std::optional<AttributeCoverage> attributes = {};  ///< if there are both a log and descriptions of items
  std::vector<std::string> warnings = {};            ///< likely mistakes, one sentence each
};

/// How far an import has come.
struct ImportProgress {
  std::uint64_t bytes_done = 0;   ///< of the files on disk
  std::uint64_t bytes_total = 0;  ///< 0 while standard input is still coming in
  std::int64_t rows = 0;          ///< read so far
};

/// Whether the import continues; `stop` ends it with ImportOutcome::stopped.
enum class Proceed { yes, stop };
using ImportProgressCallback = std::function<Proceed(const ImportProgress&)>;

/// Imports everything in `options.paths` as one transaction: all of it, or nothing. Files of items come first.
/// `progress` is called every mebibyte or so, on this thread.
/// Throws DataError if a path does not exist or holds nothing known, a file is empty, binary or cut short, no row was
/// accepted, or more than `max_errors` were rejected (the message shows the first few); SqliteError.
ImportReport import_paths(Database& db, const ImportOptions& options, const ImportProgressCallback& progress = {});

}  // namespace infodiet::recsys
