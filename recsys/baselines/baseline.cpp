#include "recsys/baselines/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/errors.hpp"

namespace infodiet::recsys {

void Baseline::score(std::span<const History> histories, engine::MatrixSpan<float> scores) const {
  if (scores.rows != histories.size() || scores.cols != catalogue_size_) {
    throw ShapeError(fmt::format("{}: scores are ({}, {}) but {} histories over {} items need ({}, {})", name(),
                                 scores.rows, scores.cols, histories.size(), catalogue_size_, histories.size(),
                                 catalogue_size_));
  }
  for (std::size_t row = 0; row < histories.size(); ++row) {
    const std::span<const ItemIndex> items = histories[row].items;
    const auto stranger = std::find_if(items.begin(), items.end(), [&](ItemIndex i) { return i >= catalogue_size_; });
    if (stranger != items.end()) {
      throw ShapeError(fmt::format("{}: history {} holds item index {}, but the catalogue has {} items", name(), row,
                                   *stranger, catalogue_size_));
    }
    score_one(histories[row], {scores.row(row), scores.cols});
  }
}

}  // namespace infodiet::recsys
