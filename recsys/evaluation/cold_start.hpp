// Items that training never sees although people consumed them: how well does a model rank what is new?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recsys/data/split.hpp"

namespace infodiet::recsys {

/// A share of the items, drawn with equal probabilities, taken out of everything that trains. A function of the seed.
class ColdStart {
 public:
  /// `data` must outlive it. Throws Error unless 0 < share < 1.
  ColdStart(const Dataset& data, const Holdout& holdout, double share, std::uint64_t seed);

  const std::vector<bool>& cold() const { return cold_; }  ///< (V)
  /// The training part, in which nobody consumed any of them.
  const Dataset& warm() const { return warm_; }
  /// The test cases whose targets are cold, with histories of other items; none with an empty history.
  std::span<const EvaluationCase> cases() const { return cases_; }

 private:
  void add_case(const EvaluationCase& one);

  std::vector<bool> cold_;
  Dataset warm_;
  std::vector<ItemIndex> items_;  // of the cases' histories and targets, end to end
  std::vector<std::int64_t> times_;
  std::vector<EvaluationCase> cases_;
};

}  // namespace infodiet::recsys
