// Files of slates as rows of text: CSV with a header, or JSON lines. Finds the columns by their names; slates_file.hpp
// checks their values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/input.hpp"

namespace infodiet::recsys {

/// The columns.
enum class SlateColumn {
  session,
  step,
  user,
  time,
  policy,
  version,
  ordered,
  candidates,
  slate,
  probability,
  rank_probabilities,
  prefixes,
  chosen,
  reward,
};
inline constexpr std::size_t slate_column_count = 14;
/// The column's name in a file: "place_probabilities" for rank_probabilities, ...
std::string_view name_of(SlateColumn column);

/// One row.
struct SlateRow {
  std::int64_t line = 0;
  std::array<std::string, slate_column_count> fields;  ///< empty if there is no such column

  const std::string& operator[](SlateColumn column) const { return fields.at(static_cast<std::size_t>(column)); }
};

/// A rejected row.
struct RejectedSlate {
  std::int64_t line = 0;
  std::string reason;
};

/// All rows of a file.
struct SlateRows {
  std::vector<SlateRow> rows;
  std::array<bool, slate_column_count> present{};
  std::vector<std::string> unused;      ///< unknown columns
  std::vector<RejectedSlate> rejected;  ///< rows that could not be split into fields
  std::string content;                  ///< digest of the file

  bool has(SlateColumn column) const { return present.at(static_cast<std::size_t>(column)); }
};

/// Reads a file. Throws DataError for a file without rows, without the columns candidates and slate, or with a column
/// twice.
SlateRows read_slate_rows(const Input& input);

}  // namespace infodiet::recsys
