// What models' lists are like, beside being right: `evaluate --json`.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "recsys/evaluation/list_metrics.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

class ListQualities {
 public:
  ListQualities(const recsys::Dataset& training, const std::vector<recsys::Item>& items);

  const recsys::ItemTopics& topics() const { return topics_; }

  /// Mean over cases of Steck's divergence between the topics of the history and those of the list of k; nothing where
  /// topics are unknown.
  std::optional<double> miscalibration(std::span<const recsys::EvaluationCase> cases, const recsys::RankedCases& ranked,
                                       std::size_t k) const;

  /// Adds "coverage@k", "gini@k", "novelty@k", "diversity@k" and "miscalibration@k".
  void add_to(Json& json, std::span<const recsys::EvaluationCase> cases, const recsys::RankedCases& ranked,
              std::size_t k) const;

 private:
  std::vector<std::uint32_t> training_counts_;  // (V)
  recsys::ItemTopics topics_;
};

}  // namespace infodiet::tools
