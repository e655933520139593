#include "tools/terminal/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/errors.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest_elastic = 8;

// The lines of a cell at that width.
std::vector<std::string> lines_of(const std::string& cell, const Column& column, std::size_t width) {
  if (!column.elastic || display_width(cell) <= width) return {shorten(cell, width)};
  std::vector<std::string> lines;
  std::string text = wrap(cell, width, 0) + '\n';
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    lines.push_back(shorten(std::string_view(text).substr(0, end), width));
    text.erase(0, end + 1);
  }
  return lines;
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  if (cells.size() != columns_.size()) {
    throw ShapeError(fmt::format("Table::add: {} cells for {} columns", cells.size(), columns_.size()));
  }
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::natural_widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t widest = display_width(columns_[c].title);
    for (const auto& row : rows_) widest = std::max(widest, display_width(row[c]));
    widths.push_back(widest);
  }
  return widths;
}

std::vector<Table::Part> Table::parts(std::size_t width) const {
  const std::vector<std::size_t> natural = natural_widths();
  const auto least = [&](std::size_t c) {
    return columns_[c].elastic ? std::min(natural[c], narrowest_elastic) : natural[c];
  };
  Part all(columns_.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::size_t total = 0;
  std::size_t widest_pair = 0;
  for (const std::size_t c : all) {
    total += least(c) + (c == 0 ? 0 : gap);
    if (c > 0) widest_pair = std::max(widest_pair, least(0) + gap + least(c));
  }
  if (total <= width || widest_pair > width) return {all};
  std::vector<Part> parts;
  std::size_t used = 0;
  for (std::size_t c = 1; c < columns_.size(); ++c) {
    if (parts.empty() || used + gap + least(c) > width) {
      parts.push_back({0});
      used = least(0);
    }
    parts.back().push_back(c);
    used += gap + least(c);
  }
  return parts;
}

std::vector<std::size_t> Table::widths(const Part& part, std::size_t width) const {
  std::vector<std::size_t> widths = natural_widths();
  std::size_t total = gap * (part.size() - 1);
  for (const std::size_t c : part) total += widths[c];
  // Shrinks the widest elastic column, one character at a time, so that several end equally wide.
  while (total > width) {
    std::size_t* widest = nullptr;
    for (const std::size_t c : part) {
      const bool may_shrink = columns_[c].elastic && widths[c] > narrowest_elastic;
      if (may_shrink && (widest == nullptr || widths[c] > *widest)) widest = &widths[c];
    }
    if (widest == nullptr) break;
    --*widest;
    --total;
  }
  return widths;
}

std::string Table::row_text(const Part& part, const std::vector<std::string>& cells,
                            const std::vector<std::size_t>& widths) const {
  std::vector<std::vector<std::string>> columns;
  std::size_t height = 0;
  for (const std::size_t c : part) {
    columns.push_back(lines_of(cells[c], columns_[c], widths[c]));
    height = std::max(height, columns.back().size());
  }
  std::string out;
  for (std::size_t line = 0; line < height; ++line) {
    for (std::size_t k = 0; k < part.size(); ++k) {
      const std::size_t c = part[k];
      const std::string cell = line < columns[k].size() ? columns[k][line] : std::string();
      const std::size_t padding = widths[c] - display_width(cell);
      if (k > 0) out.append(gap, ' ');
      if (columns_[c].align == Align::right) out.append(padding, ' ');
      out += cell;
      if (columns_[c].align == Align::left) out.append(padding, ' ');
    }
    out.erase(out.find_last_not_of(' ') + 1);
    if (line + 1 < height) out += '\n';
  }
  return out;
}

std::string Table::text(std::size_t width, const std::function<std::string(std::string_view)>& heading) const {
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string out;
  for (const Part& part : parts(width)) {
    const std::vector<std::size_t> fitted = widths(part, width);
    out.append(out.empty() ? "" : "\n\n").append(heading(row_text(part, titles, fitted)));
    for (const auto& row : rows_) out.append("\n").append(row_text(part, row, fitted));
  }
  return out;
}

std::string Table::text(std::size_t width) const {
  return text(width, [](std::string_view titles) { return std::string(titles); });
}

void Table::print(const Console& console) const {
  console.print(text(console.width(), [&](std::string_view titles) { return console.bold(titles); }));
}

}  // namespace infodiet::tools
