#include "recsys/baselines/popularity.hpp"

#include <algorithm>

namespace infodiet::recsys {

std::vector<std::uint32_t> item_counts(const Dataset& data) {
  std::vector<std::uint32_t> counts(data.catalogue_size(), 0);
  for (const ItemIndex item : data.items) ++counts[item];
  return counts;
}

std::vector<float> item_shares(const Dataset& data) {
  const std::vector<std::uint32_t> counts = item_counts(data);
  const auto total = static_cast<double>(std::max<std::size_t>(data.items.size(), 1));
  std::vector<float> shares(counts.size());
  std::transform(counts.begin(), counts.end(), shares.begin(),
                 [&](std::uint32_t count) { return static_cast<float>(count / total); });
  return shares;
}

Popularity::Popularity(const Dataset& training) : Baseline(training.catalogue_size()), shares_(item_shares(training)) {}

void Popularity::score_one(const History& /*history*/, std::span<float> scores) const {
  std::copy(shares_.begin(), shares_.end(), scores.begin());
}

}  // namespace infodiet::recsys
