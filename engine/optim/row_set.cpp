#include "engine/optim/row_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/errors.hpp"

namespace infodiet::engine {

namespace {
constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();
}

RowSet::RowSet(std::size_t table_rows) : place_(table_rows, absent) {}

void RowSet::assign(std::initializer_list<std::span<const std::uint32_t>> lists) {
  for (const std::uint32_t row : rows_) place_[row] = absent;
  rows_.clear();
  for (const auto& list : lists) {
    for (const std::uint32_t row : list) {
      if (row >= place_.size()) {
        throw ShapeError(fmt::format("RowSet: row {} of a table with {} rows: was it made for another catalogue?", row,
                                     place_.size()));
      }
      if (place_[row] != absent) continue;
      place_[row] = 0;
      rows_.push_back(row);
    }
  }
  std::sort(rows_.begin(), rows_.end());
  for (std::size_t i = 0; i < rows_.size(); ++i) place_[rows_[i]] = static_cast<std::uint32_t>(i);
}

void RowSet::places_of(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>& places) const {
  places.resize(rows.size());
  std::transform(rows.begin(), rows.end(), places.begin(), [this](std::uint32_t row) {
    const std::uint32_t place = row < place_.size() ? place_[row] : absent;
    if (place == absent) throw ShapeError(fmt::format("RowSet: row {} was not among those assigned", row));
    return place;
  });
}

void require_rows(std::span<const std::uint32_t> rows, std::size_t table_rows, std::string_view where) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= table_rows) {
      throw ShapeError(fmt::format("{}: row {} of a table with {} rows: was the table made for another catalogue?",
                                   where, rows[i], table_rows));
    }
    if (i > 0 && rows[i] <= rows[i - 1]) {
      throw ShapeError(
          fmt::format("{}: row {} follows row {}: rows must be distinct and ascending, as RowSet gives them", where,
                      rows[i], rows[i - 1]));
    }
  }
}

}  // namespace infodiet::engine
