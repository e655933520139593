// Shape checks whose messages name the function, both shapes and the likely cause.
#pragma once

#include <cstddef>
#include <string_view>

namespace infodiet::engine {

/// Rows and columns, as given or of a matrix or span.
struct Shape {
  std::size_t rows;
  std::size_t cols;

  Shape(std::size_t rows_in, std::size_t cols_in) : rows(rows_in), cols(cols_in) {}
  template <class M>
  requires requires(const M& m) { m.shape(1); }
  Shape(const M& m) : Shape(m.shape(0), m.shape(1)) {}  // NOLINT: converts implicitly on purpose
  template <class M>
  requires requires(const M& m) { m.stride; }
  Shape(const M& m) : Shape(m.rows, m.cols) {}  // NOLINT
};

/// Throws ShapeError unless `actual` equals `expected`: "<where>: <what> is <actual> but must be <expected>: <cause>".
void require_size(std::size_t actual, std::size_t expected, std::string_view where, std::string_view what,
                  std::string_view likely_cause);
void require_shape(const Shape& actual, const Shape& expected, std::string_view where, std::string_view what,
                   std::string_view likely_cause);

}  // namespace infodiet::engine
