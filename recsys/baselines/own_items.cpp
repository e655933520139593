#include "recsys/baselines/own_items.hpp"

#include <algorithm>
#include <cmath>

#include "recsys/baselines/popularity.hpp"

namespace infodiet::recsys {

OwnItems::OwnItems(const Dataset& training) : Baseline(training.catalogue_size()), shares_(item_shares(training)) {}

void OwnItems::score_one(const History& history, std::span<float> scores) const {
  std::copy(shares_.begin(), shares_.end(), scores.begin());
  const auto positions = static_cast<float>(history.size() + 1);
  for (std::size_t i = 0; i < history.size(); ++i) {
    float& score = scores[history.items[i]];
    const float count = score > 1 ? std::floor(score) : 0;
    score = count + 1 + static_cast<float>(i + 1) / positions;
  }
}

}  // namespace infodiet::recsys
