// Checks of every loss over a table of items. Internal to the losses.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "engine/errors.hpp"
#include "engine/matrix_span.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

/// Throws ShapeError unless every item is under `rows`.
inline void require_items(std::span<const std::uint32_t> items, std::size_t rows, const char* where, const char* what) {
  for (const std::uint32_t item : items) {
    if (item < rows) continue;
    throw ShapeError(
        fmt::format("{}: {} {} but the table has {} rows: is it of another catalogue?", where, what, item, rows));
  }
}

/// Throws ShapeError unless the arguments of a loss over a table, or over some of its rows, fit each other.
template <class T>
void require_loss_shapes(const char* where, MatrixSpan<const T> hidden, MatrixSpan<const T> table,
                         std::span<const std::uint32_t> targets, MatrixSpan<T> dhidden, MatrixSpan<T> dtable) {
  require_size(table.cols, hidden.cols, where, "the table's width", "is it another model's?");
  require_size(targets.size(), hidden.rows, where, "the number of targets", "one for each token");
  require_shape(dhidden, hidden, where, "the hidden gradient", "same as hidden");
  require_shape(dtable, table, where, "the table's gradient", "same as the table");
}

/// The same for a whole table, which has every target.
template <class T>
void require_loss_arguments(const char* where, MatrixSpan<const T> hidden, MatrixSpan<const T> table,
                            std::span<const std::uint32_t> targets, MatrixSpan<T> dhidden, MatrixSpan<T> dtable) {
  require_loss_shapes(where, hidden, table, targets, dhidden, dtable);
  require_items(targets, table.rows, where, "target");
}

/// The loss -log(1 - p) of an unwanted target (Welleck et al. 2020, "Neural Text Generation with Unlikelihood
/// Training"), and what its gradient is of that of cross-entropy: -p / (1 - p), in which p counts as .9 at most.
template <class T>
struct Unlikelihood {
  T loss;
  T factor;
};

/// From the cross-entropy -log p.
template <class T>
Unlikelihood<T> unlikelihood(T cross_entropy) {
  constexpr T most_likely = T{0.9};
  const T p = std::min(std::exp(-cross_entropy), most_likely);
  return {.loss = -std::log1p(-p), .factor = -p / (1 - p)};
}

/// Turns a row written by kernels::Table::cross_entropy, and its loss, into the gradient and the loss of an unwanted
/// target.
template <class T>
T make_unwanted(T* row, std::size_t n, T loss) {
  const Unlikelihood<T> unwanted = unlikelihood(loss);
  for (std::size_t i = 0; i < n; ++i) row[i] *= unwanted.factor;
  return unwanted.loss;
}

}  // namespace infodiet::engine
