// `import --vectors`: vectors of items from a .npy file, with the items' ids in a second one;
// recsys/import/README.md describes both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

struct VectorImportOptions {
  std::string vectors = {};  ///< a .npy file (N, D) of float32 or float64
  std::string ids = {};      ///< N ids, one a line or as a JSON array; "-" is standard input
  bool again = false;        ///< replaces all vectors that are stored
  bool dry_run = false;      ///< reads and checks everything, stores nothing
};

/// The result of an import.
struct VectorImport {
  bool changed = true;         ///< false: the same content was imported before
  std::size_t vectors = 0;     ///< in the file
  std::size_t dimensions = 0;  ///< of each
  std::int64_t added = 0;      ///< vectors
  std::int64_t kept = 0;       ///< vectors left out, since their items have one
  std::int64_t replaced = 0;   ///< earlier vectors that were deleted first
  // In the database, afterwards:
  std::int64_t users = 0;
  std::int64_t items = 0;
  std::int64_t items_in_log = 0;
  std::int64_t covered = 0;                ///< of those, with a vector
  std::int64_t elsewhere = 0;              ///< items with a vector that are not in the log
  std::vector<std::string> warnings = {};  ///< likely mistakes, one sentence each
};

/// The largest number of dimensions.
inline constexpr std::size_t most_dimensions = 4096;

/// Stores the vectors as one transaction: all or none; items that are not known yet are added. Throws DataError if a
/// file cannot be read or is not what it should be, an id is invalid or there twice, a number is not finite, or vectors
/// of another length are stored and not replaced; SqliteError.
VectorImport import_vectors(Database& db, const VectorImportOptions& options);

}  // namespace infodiet::recsys
