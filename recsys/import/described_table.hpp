// From the columns of a table to what they mean: roles by name, layout or content, and how times, ratings and topics
// are written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "recsys/import/column_kinds.hpp"
#include "recsys/import/layouts.hpp"
#include "recsys/import/table_reader.hpp"

namespace infodiet::recsys {

/// A sample of a table: its start, and a few rows from further on.
struct SeenTable {
  std::string file;  ///< for messages
  Dialect dialect = {};
  bool has_header = false;
  std::vector<std::string> names = {};  ///< of the columns; empty if nothing names them
  std::vector<SampleRow> rows = {};     ///< each has `columns` values
  std::size_t columns = 0;
};

/// The columns by their names, and their layout.
struct NamedColumns {
  const Layout* layout = nullptr;
  ColumnPositions positions = {};
  Contents contents = Contents::interactions;
};
/// Recognises columns by their names; nothing if they are neither interactions nor items.
std::optional<NamedColumns> columns_by_name(std::span<const std::string> names, const ReadingOptions& options);

/// Recognises columns by their values, if that leaves no doubt. Ignores names.
std::optional<ColumnPositions> columns_by_content(std::span<const ColumnFacts> facts);

/// Whether the values of some column show that this is a table, not lines of ids.
bool holds_a_table(std::span<const ColumnFacts> facts);

/// A reader of the table, whose columns are known. Throws DataError if the meaning of the times, or the person the rows
/// belong to, remains unclear.
std::unique_ptr<RowReader> reader_of(SeenTable table, NamedColumns columns, const ReadingOptions& options);

}  // namespace infodiet::recsys
