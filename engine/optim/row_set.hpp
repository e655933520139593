// Which rows of a big table one step needs: they are gathered into a small table, everything runs on that, and only its
// gradients exist. Layers and losses do not know the difference: they are given the small table and renumbered rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/parallel.hpp"

namespace infodiet::engine {

/// The distinct rows that were added, ascending, and the place of each among them. Reused from step to step it
/// allocates nothing.
class RowSet {
 public:
  /// For a table with this many rows.
  explicit RowSet(std::size_t table_rows);

  /// Starts anew from these lists of rows, for example inputs, targets and negatives. Throws ShapeError if a row is not
  /// in the table.
  void assign(std::initializer_list<std::span<const std::uint32_t>> lists);

  /// The distinct rows, ascending.
  std::span<const std::uint32_t> rows() const { return rows_; }

  /// places[i] becomes the place of rows[i] among rows(). All must have been among those assigned.
  void places_of(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>& places) const;

 private:
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> place_;  // (V) of every row of the table; `absent` if it is not in the set
};

/// Throws ShapeError unless `rows` ascend and are rows of a table with so many.
void require_rows(std::span<const std::uint32_t> rows, std::size_t table_rows, std::string_view where);

/// Calls body(i) for every i in [0, n), each independent of the others, spread over threads.
template <class Body>
void for_each_row_part(ThreadPool& pool, std::size_t n, Body&& body) {
  constexpr std::size_t parts = 16;
  pool.run(parts, [&](std::size_t part, std::size_t) {
    const Range range = part_of(n, parts, part);
    for (std::size_t i = range.begin; i < range.end; ++i) body(i);
  });
}

}  // namespace infodiet::engine
