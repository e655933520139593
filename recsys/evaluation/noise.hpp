// Cases whose histories are partly random: how much of its accuracy a model keeps if it is told things that never were.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recsys/data/split.hpp"

namespace infodiet::recsys {

/// Copies of cases in which every interaction is, with probability `share`, of another item: one drawn from the whole
/// catalogue with equal probabilities, but no target of the case. Times stay. A function of the seed and the cases.
class NoisyCases {
 public:
  /// `cases` must outlive it. Throws Error unless 0 <= share <= 1, or if a case's targets are all of the catalogue.
  NoisyCases(std::span<const EvaluationCase> cases, double share, std::size_t catalogue, std::uint64_t seed);

  std::span<const EvaluationCase> cases() const { return cases_; }

 private:
  std::vector<ItemIndex> items_;  // of all histories, end to end
  std::vector<EvaluationCase> cases_;
};

}  // namespace infodiet::recsys
