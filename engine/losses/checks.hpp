// What every loss over a table of items checks. Not for users of losses.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>

#include "engine/errors.hpp"
#include "engine/matrix_span.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

/// Throws ShapeError unless every item is a row of a table with so many.
inline void require_items(std::span<const std::uint32_t> items, std::size_t rows, const char* where, const char* what) {
  for (const std::uint32_t item : items) {
    if (item < rows) continue;
    throw ShapeError(
        fmt::format("{}: {} {} but the table has {} rows: is it of another catalogue?", where, what, item, rows));
  }
}

/// Throws ShapeError unless the arguments of a loss over a table fit each other.
template <class T>
void require_loss_arguments(const char* where, MatrixSpan<const T> hidden, MatrixSpan<const T> table,
                            std::span<const std::uint32_t> targets, MatrixSpan<T> dhidden, MatrixSpan<T> dtable) {
  require_size(table.cols, hidden.cols, where, "the table's width", "is it another model's?");
  require_size(targets.size(), hidden.rows, where, "the number of targets", "one for each token");
  require_shape(dhidden, hidden, where, "the hidden gradient", "same as hidden");
  require_shape(dtable, table, where, "the table's gradient", "same as the table");
  require_items(targets, table.rows, where, "target");
}

}  // namespace infodiet::engine
