#include "recsys/ranking/item_vectors.hpp"

#include <algorithm>

#include "engine/kernels/kernels.hpp"
#include "engine/layers/l2_normalise.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t copied_tile = 8192;

}  // namespace

ItemVectors ItemVectors::of_length_one(engine::MatrixSpan<const float> table) {
  ItemVectors vectors(table);
  vectors.factors_.resize(table.rows);
  engine::L2Normalise<float>::Cache norms;
  engine::Matrix<float> normalised;
  for (std::size_t begin = 0; begin < table.rows; begin += copied_tile) {
    const std::size_t count = std::min(copied_tile, table.rows - begin);
    engine::L2Normalise<float>().forward(table.rows_from(begin, count), norms, normalised);
    for (std::size_t row = 0; row < count; ++row) {
      // A row too short to have a direction is divided by the smallest allowed length.
      constexpr float of_no_direction = 1 / 1e-12F;
      vectors.factors_[begin + row] = norms.inverse_norms(row) > 0 ? norms.inverse_norms(row) : of_no_direction;
    }
  }
  return vectors;
}

std::size_t ItemVectors::tile() const {
  return unchanged() ? std::max<std::size_t>(1, size()) : copied_tile;
}

engine::MatrixSpan<const float> ItemVectors::rows(std::size_t begin, std::size_t count,
                                                  engine::Matrix<float>& scratch) const {
  if (unchanged()) return table_.rows_from(begin, count);
  scratch.resize({count, width()});
  std::copy_n(table_.row(begin), count * width(), scratch.data());
  for (std::size_t row = 0; row < (factors_.empty() ? 0 : count); ++row) {
    engine::kernels::best<float>().multiply(scratch.data() + row * width(), factors_[begin + row], width());
  }
  const std::vector<ItemIndex>& others = substitutes_.items;
  auto other = std::lower_bound(others.begin(), others.end(), begin);
  for (; other != others.end() && *other < begin + count; ++other) {
    const std::uint32_t row = substitutes_.rows[static_cast<std::size_t>(other - others.begin())];
    std::copy_n(&substitutes_.vectors(row, 0), width(), scratch.data() + (*other - begin) * width());
  }
  return scratch;
}

}  // namespace infodiet::recsys
