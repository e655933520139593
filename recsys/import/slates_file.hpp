// Logs of slates from other systems, one slate per row; recsys/import/README.md lists the columns. Checks rows and
// assembles sessions; slate_rows.hpp reads rows, recsys/store/slates.hpp stores slates.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/input.hpp"
#include "recsys/import/slate_rows.hpp"
#include "recsys/store/slates.hpp"

namespace infodiet::recsys {

/// The slates of one policy in a file.
struct SlateFileLog {
  std::string policy;
  std::string version;
  bool ordered = true;
  std::vector<OwnedSlate> slates;   ///< by session and step; sessions are numbered as they appear
  std::vector<std::string> people;  ///< (persons) their ids; empty if the file names nobody
};

/// A file that was read.
struct SlateFile {
  std::vector<SlateFileLog> logs;
  std::vector<RejectedSlate> rejected;  ///< by line
  std::size_t sessions_left_out = 0;    ///< because one of their rows was rejected
  bool has_probabilities = false;       ///< of every slate; else of none
  std::vector<std::string> unused;      ///< unknown columns
  std::string content;                  ///< digest
};

/// The number of an item by its id; nothing for an unknown one.
using ItemNumber = std::function<std::optional<double>(std::string_view key)>;

/// Reads a file. Rejects rows with a slate_problem, an unknown item, a malformed number, or no probability where others
/// have one, and leaves out their sessions. Throws DataError as read_slate_rows() does.
SlateFile read_slate_file(const Input& input, const ItemNumber& item_number);

/// Items of a database by their ids.
ItemNumber items_of(const Database& db);

/// The result of importing a file.
struct SlateImport {
  bool changed = true;               ///< false: the same content was imported before
  std::vector<std::int64_t> logs{};  ///< ids of the logs made, in the order of the file
  std::size_t sessions = 0;
  std::size_t slates = 0;
  SlateFile file;  ///< without its slates
};

/// Stores the slates of a file in one transaction; adds people who are not known yet. Throws DataError and stores
/// nothing if more than `max_errors` rows are rejected or no session is left.
SlateImport import_slates(Database& db, const Input& input, std::int64_t max_errors);

}  // namespace infodiet::recsys
