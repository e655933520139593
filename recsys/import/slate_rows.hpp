// Files of slates as rows of text: CSV with a header, or JSON lines. Finds the columns by their names; what is in them
// is slates_file.hpp's to judge.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/input.hpp"

namespace infodiet::recsys {

/// What a row may say.
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
  places,
  prefixes,
  chosen,
  reward,
};
inline constexpr std::size_t slate_column_count = 14;
/// "place_probabilities", ...
std::string_view name_of(SlateColumn column);

struct SlateRow {
  std::int64_t line = 0;
  std::array<std::string, slate_column_count> fields;  ///< empty where there is no such column

  const std::string& operator[](SlateColumn column) const { return fields.at(static_cast<std::size_t>(column)); }
};

/// A row that cannot be taken.
struct RejectedSlate {
  std::int64_t line = 0;
  std::string reason;
};

struct SlateRows {
  std::vector<SlateRow> rows;
  std::array<bool, slate_column_count> present{};
  std::vector<std::string> unused;      ///< columns that are none of ours
  std::vector<RejectedSlate> rejected;  ///< rows that are no rows
  std::string content;                  ///< digest of the file

  bool has(SlateColumn column) const { return present.at(static_cast<std::size_t>(column)); }
};

/// Reads a whole file. Throws DataError for a file without rows, without the columns candidates and slate, or with a
/// column twice.
SlateRows read_slate_rows(const Input& input);

}  // namespace infodiet::recsys
