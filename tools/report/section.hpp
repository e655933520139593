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

struct Chart {
  std::string id;           ///< its own on the page: letters, digits, -
  std::string spec;         ///< of tools/report/<spec>.vg.json
  std::string title;        ///< or empty where the section's says it all
  std::string sentence;     ///< what it shows, drawn from the numbers
  Json data;                ///< an array of rows for each data set that the specification leaves empty
  std::string legend{};     ///< how to read it, a few words
  DataTable table;          ///< the numbers that are drawn
  bool table_open = false;  ///< whether the table shows at once
};

/// Why a section is empty, and the command that fills it.
struct Missing {
  std::string reason;
  std::string command;
};

struct Section {
  std::string id;     ///< its own on the page
  std::string title;  ///< a few words
  std::string lead;   ///< what it is about, a sentence or two
  std::vector<Chart> charts{};
  std::vector<std::string> remarks{};  ///< further sentences, after the charts
  std::vector<Missing> missing{};      ///< of a section without charts, or of charts that it could have
};

}  // namespace infodiet::tools::report
