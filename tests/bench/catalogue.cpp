#include "tests/bench/catalogue.hpp"

#include <cmath>

#include "engine/random.hpp"

namespace infodiet::bench {

namespace {

engine::Matrix<float> unit_vectors(std::size_t rows, std::size_t width, std::uint32_t step) {
  engine::Matrix<float> m;
  m.resize({rows, width});
  for (std::size_t row = 0; row < rows; ++row) {
    engine::RandomStream stream(1, engine::Purpose::examples, step, static_cast<std::uint32_t>(row));
    double squares = 0;
    for (std::size_t col = 0; col < width; ++col) {
      const double x = stream.normal() / std::sqrt(1.0 + static_cast<double>(col) / 4);
      m(row, col) = static_cast<float>(x);
      squares += x * x;
    }
    const auto scale = static_cast<float>(1 / std::sqrt(squares));
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
