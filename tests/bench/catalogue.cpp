#include "tests/bench/catalogue.hpp"

#include <cmath>
#include <vector>

#include "engine/random.hpp"

namespace infodiet::bench {

namespace {

engine::Matrix<float> unit_vectors(std::size_t rows, std::size_t width, std::uint32_t step) {
  std::vector<float> spread(width);
  for (std::size_t col = 0; col < width; ++col) spread[col] = 1 / std::sqrt(1.0F + static_cast<float>(col) / 4);
  engine::Matrix<float> m;
  m.resize({rows, width});
  for (std::size_t row = 0; row < rows; ++row) {
    engine::RandomStream stream(1, engine::Purpose::examples, step, static_cast<std::uint32_t>(row));
    float squares = 0;
    for (std::size_t col = 0; col < width; ++col) {
      // The difference of two uniform numbers: bell-shaped enough, and quick for many millions.
      const std::uint32_t bits = stream.next_u32();
      const float x = (static_cast<float>(bits & 0xFFFFU) - static_cast<float>(bits >> 16)) * spread[col];
      m(row, col) = x;
      squares += x * x;
    }
    const float scale = 1 / std::sqrt(squares);
    for (std::size_t col = 0; col < width; ++col) m(row, col) *= scale;
  }
  return m;
}

}  // namespace

const engine::Matrix<float>& item_vectors(std::size_t items, std::size_t width) {
  static engine::Matrix<float> kept;
  if (kept.shape(0) != items || kept.shape(1) != width) {
    kept = {};
    kept = unit_vectors(items, width, 1);
  }
  return kept;
}

const engine::Matrix<float>& query_vectors(std::size_t width) {
  constexpr std::size_t queries = 64;
  static engine::Matrix<float> kept;
  if (kept.shape(1) != width) kept = unit_vectors(queries, width, 2);
  return kept;
}

}  // namespace infodiet::bench
