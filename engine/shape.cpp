#include "engine/shape.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"

namespace infodiet::engine {

void require_size(std::size_t actual, std::size_t expected, std::string_view where, std::string_view what,
                  std::string_view likely_cause) {
  if (actual == expected) return;
  throw ShapeError(fmt::format("{}: {} is {} but must be {}: {}", where, what, actual, expected, likely_cause));
}

void require_shape(const Shape& actual, const Shape& expected, std::string_view where, std::string_view what,
                   std::string_view likely_cause) {
  if (actual.rows == expected.rows && actual.cols == expected.cols) return;
  throw ShapeError(fmt::format("{}: {} has shape ({}, {}) but must have ({}, {}): {}", where, what, actual.rows,
                               actual.cols, expected.rows, expected.cols, likely_cause));
}

}  // namespace infodiet::engine
