// The same list for everyone: items by how often they were consumed. Ignores the person and the time.
#pragma once

#include <vector>

#include "recsys/baselines/baseline.hpp"

namespace infodiet::recsys {

/// (V) how many interactions each item has.
std::vector<std::uint32_t> item_counts(const Dataset& data);

/// (V) each item's share of all interactions; sums to 1, or is all 0 if there are none.
std::vector<float> item_shares(const Dataset& data);

/// What item_shares weigh in models that rank by something else: they order what is equal otherwise.
constexpr float background_weight = 1e-6F;

/// Scores are item_shares of the training data.
class Popularity final : public Baseline {
 public:
  explicit Popularity(const Dataset& training);
  std::string name() const override { return "popularity"; }

 private:
  void score_one(const History& history, std::span<float> scores) const override;

  std::vector<float> shares_;
};

}  // namespace infodiet::recsys
