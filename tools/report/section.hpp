// What a report consists of: sections of charts, each with the sentence and the table that say the same. How it becomes
// HTML is in tools/report/page.hpp, what is in it in tools/report/sections.hpp.
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

/// Drawn by tools/report/<spec>.vg.json. What is drawn goes into that specification's data sets, the same numbers into
/// the table.
struct Chart {
  std::string id;  ///< its own on the page: letters, digits, -
  std::string spec;
  std::string title{};         ///< or empty where the section's says it all
  std::string lead{};          ///< what is to be known first
  std::string sentence{};      ///< what it shows, drawn from the numbers
  Json data = Json::object();  ///< rows by data set; a set without rows may be left out
  std::string legend{};        ///< how to read it, a few words
  DataTable table{};           ///< the numbers that are drawn
  bool table_open = false;     ///< whether the table shows at once
  std::string fold{};          ///< what to press to see it, where it does not show at once

  void draw(const char* set, Json row) { data[set].push_back(std::move(row)); }
  void column(std::string heading) { table.columns.push_back({.title = std::move(heading)}); }
  void number_column(std::string heading) {
    table.columns.push_back({.title = std::move(heading), .align = Align::right});
  }
};

/// A column of bars, each on its own scale and from its own zero.
struct BarColumn {
  std::string title;
  std::string table_title;
  bool strong = false;
};

/// A row of one bar a column.
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
  bool one_scale = false;  ///< for all columns
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

struct Section {
  std::string id;               ///< its own on the page
  std::string title;            ///< a few words
  std::string lead;             ///< what it is about, a sentence or two
  std::optional<char> grade{};  ///< of the whole, set large
  std::string grade_meaning{};
  std::string picks_title{};
  std::vector<Recommended> picks{};
  std::vector<Chart> charts{};
  std::vector<std::string> remarks{};  ///< further sentences, after the charts
  std::vector<Missing> missing{};      ///< of a section without charts, or of charts that it could have
};

}  // namespace infodiet::tools::report
