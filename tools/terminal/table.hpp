// Aligned columns of text that fit the terminal. Not for files: results for programs are JSON.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// Alignment of a column's cells; titles follow them.
enum class Align { left, right };

/// A column.
struct Column {
  std::string title;
  Align align = Align::left;
  /// Wraps if the terminal is too narrow; longer words are cut, with an ellipsis.
  bool elastic = false;
};

/// A table that is filled row by row and printed.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Adds a row with one cell per column (ShapeError otherwise). Replaces characters unsafe for a terminal.
  void add(std::vector<std::string> cells);

  /// The table in lines of at most `width` columns if its elastic columns allow that (each keeps at least 8), titles
  /// first, no line break at the end. A table that is still too wide is split into several, one below the other, each
  /// with the first column, unless not even two columns fit side by side.
  std::string text(std::size_t width) const;
  /// Prints the table as a result, fitted to the console's width, titles in bold.
  void print(const Console& console) const;

 private:
  using Part = std::vector<std::size_t>;  // columns side by side

  std::string text(std::size_t width, const std::function<std::string(std::string_view)>& heading) const;
  std::vector<std::size_t> natural_widths() const;
  std::vector<Part> parts(std::size_t width) const;
  std::vector<std::size_t> widths(const Part& part, std::size_t width) const;
  std::string row_text(const Part& part, const std::vector<std::string>& cells,
                       const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace infodiet::tools
