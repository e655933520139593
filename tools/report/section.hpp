// The parts of a report: sections of charts, each with a sentence and a table of its numbers. tools/report/page.hpp
// turns them into HTML, tools/report/sections.hpp fills them.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tools/terminal/console.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools::report {

/// Rows of text under column titles. Cells are as many as columns; the first names the row.
struct DataTable {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// A chart, drawn by tools/report/<spec>.vg.json from data sets; the table has the same numbers.
struct Chart {
  std::string id;  ///< unique on the page: letters, digits, -
  std::string spec;
  std::string title{};         ///< or empty if the section's is enough
  std::string lead{};          ///< introduction
  std::string sentence{};      ///< what it shows, computed from the numbers
  Json data = Json::object();  ///< rows by data set; a set without rows may be missing
  std::string legend{};        ///< how to read it, in a few words
  DataTable table{};           ///< the numbers drawn
  bool table_open = false;     ///< whether the table is open at first
  std::string fold{};          ///< text of the button that unfolds it, if it is folded at first

  void draw(const char* set, Json row) { data[set].push_back(std::move(row)); }
  void column(std::string heading) { table.columns.push_back({.title = std::move(heading)}); }
  void number_column(std::string heading) {
    table.columns.push_back({.title = std::move(heading), .align = Align::right});
  }
};

/// A column of bars, with its own scale and zero.
struct BarColumn {
  std::string title;
  std::string table_title;
  bool strong = false;
};

/// A row with one bar in each column.
struct BarRow {
  std::string label;
  std::vector<double> values;
  std::vector<std::string> texts;  ///< beside the bars
  std::vector<std::string> cells;  ///< of the table
};

/// Columns of bars side by side, of the first `drawn` rows; the table, whose first column is `rows_title`, has all.
struct BarPlan {
  std::string id;
  std::string rows_title;
  std::vector<BarColumn> columns;
  std::size_t drawn = 0;
  bool one_scale = false;  ///< whether all columns share a scale
};
Chart bar_chart(BarPlan plan, const std::vector<BarRow>& rows);

/// Why a section is empty, and the command that fills it.
struct Missing {
  std::string reason;
  std::string command;
};

/// An item that somebody should see next.
struct Recommended {
  std::string title;
  std::string reason;
};

/// A section of the page.
struct Section {
  std::string id;               ///< unique on the page
  std::string title;            ///< a few words
  std::string lead;             ///< its subject, in one or two sentences
  std::optional<char> grade{};  ///< overall, in large type
  std::string grade_meaning{};
  std::string picks_title{};
  std::vector<Recommended> picks{};
  std::vector<Chart> charts{};
  std::vector<std::string> remarks{};  ///< further sentences, after the charts
  std::vector<Missing> missing{};      ///< why charts are missing
};

}  // namespace infodiet::tools::report
