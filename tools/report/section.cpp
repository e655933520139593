#include "tools/report/section.hpp"

#include <algorithm>

namespace infodiet::tools::report {

namespace {

/// The ends of bars for values in [low, high], which contains 0, as shares of the width.
struct Extent {
  double low = 0;
  double high = 0;

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double position(double value) const { return high > low ? (value - low) / (high - low) : 0; }
};

std::vector<Extent> extents_of(const BarPlan& plan, const std::vector<BarRow>& rows) {
  std::vector<Extent> extents(plan.columns.size());
  for (const BarRow& row : rows) {
    for (std::size_t c = 0; c < extents.size(); ++c) {
      for (std::size_t other = 0; other < extents.size(); ++other) {
        if (plan.one_scale || other == c) extents[c].include(row.values[other]);
      }
    }
  }
  return extents;
}

}  // namespace

Chart bar_chart(BarPlan plan, const std::vector<BarRow>& rows) {
  const std::vector<Extent> extents = extents_of(plan, rows);
  Chart chart{.id = std::move(plan.id), .spec = "columns"};
  chart.column(std::move(plan.rows_title));
  for (std::size_t c = 0; c < extents.size(); ++c) {
    chart.draw("columns", {{"column", c}, {"title", plan.columns[c].title}, {"zero", extents[c].position(0)}});
    chart.number_column(plan.columns[c].table_title);
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const BarRow& row = rows[r];
    std::vector<std::string> cells{row.label};
    cells.insert(cells.end(), row.cells.begin(), row.cells.end());
    chart.table.rows.push_back(std::move(cells));
    if (r >= plan.drawn) continue;
    chart.draw("rows", {{"row", r}, {"label", row.label}});
    for (std::size_t c = 0; c < extents.size(); ++c) {
      chart.draw("bars", {{"row", r},
                          {"column", c},
                          {"from", extents[c].position(std::min(0.0, row.values[c]))},
                          {"to", extents[c].position(std::max(0.0, row.values[c]))},
                          {"text", row.texts[c]},
                          {"tip", row.cells[c]},
                          {"strong", plan.columns[c].strong}});
    }
  }
  return chart;
}

}  // namespace infodiet::tools::report
