#include "recsys/ranking/quantised_items.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/kernels/kernels.hpp"

namespace infodiet::recsys {

namespace {

using engine::kernels::int8_block;
static_assert(QuantisedItems::tile % int8_block == 0);

constexpr float largest_number = 127;
// Relative to the product of norms; far above the rounding error of a float sum of any model's width.
constexpr float float_error = 1e-4F;

float scale_of(std::span<const float> vector) {
  float largest = 0;
  for (const float x : vector) largest = std::max(largest, std::abs(x));
  return largest / largest_number;
}

std::int8_t round_to(float x, float scale) {
  if (scale == 0) return 0;
  const float number = std::clamp(x / scale, -largest_number, largest_number);
  return static_cast<std::int8_t>(number + std::copysign(0.5F, number));
}

/// Norms of a vector, of its rounding and of their difference.
struct Norms {
  double exact = 0;
  double rounded = 0;
  double error = 0;
};

Norms norms_of(std::span<const float> vector, float scale) {
  Norms squares;
  for (const float x : vector) {
    const double exact = static_cast<double>(x);
    const double rounded = static_cast<double>(scale) * round_to(x, scale);
    squares.exact += exact * exact;
    squares.rounded += rounded * rounded;
    squares.error += (exact - rounded) * (exact - rounded);
  }
  return {std::sqrt(squares.exact), std::sqrt(squares.rounded), std::sqrt(squares.error)};
}

}  // namespace

QuantisedItems::QuantisedItems(const ItemVectors& items)
    : size_(items.size()), width_(items.width()), quads_((items.width() + 3) / 4) {
  numbers_.assign(tiles() * tile * quads_ * 4, 0);
  scales_.assign(tiles() * tile, 0.0F);
  largest_errors_.assign(tiles(), 0.0F);
  largest_norms_.assign(tiles(), 0.0F);
  engine::Matrix<float> scratch;
  for (std::size_t item = 0; item < size_; ++item) {
    const std::span<const float> vector(items.rows(item, 1, scratch).data, width_);
    const float scale = scale_of(vector);
    const Norms norms = norms_of(vector, scale);
    scales_[item] = scale;
    float& error = largest_errors_[item / tile];
    float& norm = largest_norms_[item / tile];
    error = std::max(error, static_cast<float>(norms.error));
    norm = std::max(norm, static_cast<float>(norms.exact));
    std::int8_t* block = numbers_.data() + item / int8_block * int8_block * quads_ * 4;
    for (std::size_t col = 0; col < width_; ++col) {
      block[col / 4 * 4 * int8_block + item % int8_block * 4 + col % 4] = round_to(vector[col], scale);
    }
  }
}

void QuantisedItems::quantise(std::span<const float> query, Query& out) const {
  out.scale = scale_of(query);
  out.numbers.assign(4 * quads_, 0);
  std::transform(query.begin(), query.end(), out.numbers.begin(), [&](float x) { return round_to(x, out.scale); });
  const Norms norms = norms_of(query, out.scale);
  out.norm = static_cast<float>(norms.rounded);
  out.error = static_cast<float>(norms.error);
}

float QuantisedItems::score(const Query& query, std::size_t number, std::span<float, tile> scores) const {
  std::array<std::int32_t, tile> dots;
  engine::kernels::best_int8().block_dots(numbers_.data() + number * tile * quads_ * 4, tile / int8_block, quads_,
                                          query.numbers.data(), dots.data());
  const float* scales = scales_.data() + number * tile;
  for (std::size_t i = 0; i < tile; ++i) scores[i] = static_cast<float>(dots[i]) * (scales[i] * query.scale);
  const float norm = largest_norms_[number];
  return query.norm * largest_errors_[number] + query.error * norm + float_error * (query.norm + query.error) * norm;
}

}  // namespace infodiet::recsys
