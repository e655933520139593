#include "tools/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "tools/text.hpp"

namespace infodiet::tools {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest_elastic = 8;

std::vector<std::string> titles(const std::vector<Column>& columns) {
  std::vector<std::string> cells;
  cells.reserve(columns.size());
  for (const Column& column : columns) cells.push_back(column.title);
  return cells;
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  if (cells.size() != columns_.size()) {
    throw ShapeError(fmt::format("Table::add: {} cells for {} columns", cells.size(), columns_.size()));
  }
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(std::size_t width) const {
  std::vector<std::size_t> widths;
  std::size_t total = 0;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t widest = display_width(columns_[c].title);
    for (const auto& row : rows_) widest = std::max(widest, display_width(row[c]));
    widths.push_back(widest);
    total += widest + (c == 0 ? 0 : gap);
  }
  // The widest elastic column gives way, one column at a time, so that several end equally wide.
  while (total > width) {
    std::size_t* widest = nullptr;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const bool may_shrink = columns_[c].elastic && widths[c] > narrowest_elastic;
      if (may_shrink && (widest == nullptr || widths[c] > *widest)) widest = &widths[c];
    }
    if (widest == nullptr) break;
    --*widest;
    --total;
  }
  return widths;
}

std::string Table::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const {
  std::string out;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (c > 0) out.append(gap, ' ');
    const std::string cell = shorten(cells[c], widths[c]);
    const std::size_t padding = widths[c] - display_width(cell);
    if (columns_[c].align == Align::right) out.append(padding, ' ');
    out += cell;
    if (columns_[c].align == Align::left && c + 1 < cells.size()) out.append(padding, ' ');
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

std::string Table::text(std::size_t width) const {
  const std::vector<std::size_t> fitted = widths(width);
  std::string out = line(titles(columns_), fitted);
  for (const auto& row : rows_) out.append("\n").append(line(row, fitted));
  return out;
}

void Table::print(const Console& console) const {
  const std::string all = text(console.width());
  const std::size_t end_of_titles = std::min(all.find('\n'), all.size());
  console.print(console.bold(all.substr(0, end_of_titles)) + all.substr(end_of_titles));
}

}  // namespace infodiet::tools
