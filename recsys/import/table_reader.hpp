// Rows of any delimited table, given where its columns are: what CSV, MovieLens and RecBole files have in common.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "recsys/import/columns.hpp"
#include "recsys/import/row_reader.hpp"

namespace infodiet::recsys {

struct TableLayout {
  enum class Header { none, first_line };
  enum class Quoting { none, csv };

  Contents contents = Contents::interactions;
  Header header = Header::none;
  Quoting quoting = Quoting::none;
  std::string separator = ",";  ///< one character where quoting is CSV's
  std::size_t fields = 0;       ///< that every row has
  ColumnPositions columns = {};
  char topic_separator = '|';
  /// Topics told by a field of 0 or 1 each, from `first_flag` on, instead of a column of names.
  std::vector<std::string> flag_topics = {};
  std::size_t first_flag = 0;
};

std::unique_ptr<RowReader> table_reader(TableLayout layout);

/// What a table with these columns holds: interactions if it has a user and an item, items if it has an item and any
/// attribute; nothing otherwise.
std::optional<Contents> contents_of(const ColumnPositions& columns);

}  // namespace infodiet::recsys
