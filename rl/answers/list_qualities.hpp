// Properties of models' lists beyond accuracy.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "recsys/evaluation/list_metrics.hpp"
#include "recsys/store/item_topics.hpp"

namespace infodiet::rl {

/// Figures of one model's lists of k; see recsys/evaluation/list_metrics.hpp. Nothing if topics are unknown.
struct ListQuality {
  double coverage;
  double gini;
  double novelty;
  std::optional<double> diversity;
  std::optional<double> miscalibration;  ///< mean of Steck's divergence of a list from its history's topics
};

/// Measures lists.
class ListQualities {
 public:
  /// `topics` must outlive it.
  ListQualities(const recsys::Dataset& training, const recsys::ItemTopics& topics);

  const recsys::ItemTopics& topics() const { return topics_; }

  /// The figures of the first k of each list of `ranked`.
  ListQuality of(std::span<const recsys::EvaluationCase> cases, const recsys::RankedCases& ranked, std::size_t k) const;
  /// Only the miscalibration.
  std::optional<double> miscalibration(std::span<const recsys::EvaluationCase> cases, const recsys::RankedCases& ranked,
                                       std::size_t k) const;

 private:
  std::vector<std::uint32_t> training_counts_;  // (V)
  const recsys::ItemTopics& topics_;
};

}  // namespace infodiet::rl
