// Shape checks whose messages name the function, both shapes and the likely cause.
#pragma once

#include <cstddef>
#include <string_view>

namespace infodiet::engine {

/// Throws ShapeError unless `actual` equals `expected`: "<where>: <what> is <actual> but must be <expected>: <cause>".
void require_size(std::size_t actual, std::size_t expected, std::string_view where, std::string_view what,
                  std::string_view likely_cause);

/// Throws ShapeError unless (rows, cols) equals (expected_rows, expected_cols).
void require_shape(std::size_t rows, std::size_t cols, std::size_t expected_rows, std::size_t expected_cols,
                   std::string_view where, std::string_view what, std::string_view likely_cause);

template <class M>
void require_shape(const M& matrix, std::size_t expected_rows, std::size_t expected_cols, std::string_view where,
                   std::string_view what, std::string_view likely_cause) {
  require_shape(matrix.shape(0), matrix.shape(1), expected_rows, expected_cols, where, what, likely_cause);
}

}  // namespace infodiet::engine
