// What replay buffers share: rows of the latest lessons, lesson n in slot n % remembered.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/matrix_span.hpp"

namespace infodiet::rl {

/// Writes a lesson's rows to a buffer of rows, from row `first` on; the buffer grows as needed.
inline void put_rows(engine::MatrixSpan<const float> rows, std::size_t first, std::vector<float>& buffer) {
  buffer.resize(std::max(buffer.size(), (first + rows.rows) * rows.cols));
  std::copy_n(rows.data, rows.rows * rows.cols, buffer.data() + first * rows.cols);
}

/// Copies `rows.rows` rows of a buffer, from row `first` on.
inline void take_rows(const std::vector<float>& buffer, std::size_t first, engine::MatrixSpan<float> rows) {
  std::copy_n(buffer.data() + first * rows.cols, rows.rows * rows.cols, rows.data);
}

}  // namespace infodiet::rl
