#include "engine/shape.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"

namespace infodiet::engine {

void require_size(std::size_t actual, std::size_t expected, std::string_view where, std::string_view what,
                  std::string_view likely_cause) {
  if (actual == expected) return;
  throw ShapeError(fmt::format("{}: {} is {} but must be {}: {}", where, what, actual, expected, likely_cause));
}

void require_shape(std::size_t rows, std::size_t cols, std::size_t expected_rows, std::size_t expected_cols,
                   std::string_view where, std::string_view what, std::string_view likely_cause) {
  if (rows == expected_rows && cols == expected_cols) return;
  throw ShapeError(fmt::format("{}: {} has shape ({}, {}) but must have ({}, {}): {}", where, what, rows, cols,
                               expected_rows, expected_cols, likely_cause));
}

}  // namespace infodiet::engine
