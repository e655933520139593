// What somebody consumes again and again: the items of their own history, the most frequent and then the most recent
// first. All others come below, by popularity. Only useful if repeats are allowed.
#pragma once

#include <vector>

#include "recsys/baselines/baseline.hpp"

namespace infodiet::recsys {

/// The baseline described above.
class OwnItems final : public Baseline {
 public:
  explicit OwnItems(const Dataset& training);
  std::string name() const override { return "own_items"; }

 private:
  /// An item consumed c times, last at position p of n, from 1: c + p / (n + 1).
  void score_one(const History& history, std::span<float> scores) const override;

  std::vector<float> shares_;  // (V) in [0, 1]
};

}  // namespace infodiet::recsys
