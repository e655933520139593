#include "rl/answers/list_qualities.hpp"

#include "recsys/baselines/popularity.hpp"
#include "rl/diet/distribution.hpp"
#include "rl/policies/calibrated_list.hpp"

namespace infodiet::rl {

ListQualities::ListQualities(const recsys::Dataset& training, const recsys::ItemTopics& topics)
    : training_counts_(recsys::item_counts(training)), topics_(topics) {}

std::optional<double> ListQualities::miscalibration(std::span<const recsys::EvaluationCase> cases,
                                                    const recsys::RankedCases& ranked, std::size_t k) const {
  const recsys::ItemLists lists = recsys::lists_at(ranked, k);
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const std::vector<double> interest = history_interest(cases[c].history, topics_);
    const std::vector<double> listed = history_interest({lists.list(c), {}}, topics_, ListWeights::by_rank);
    if (interest.empty() || listed.empty()) continue;
    sum += steck_divergence(interest, listed);
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

ListQuality ListQualities::of(std::span<const recsys::EvaluationCase> cases, const recsys::RankedCases& ranked,
                              std::size_t k) const {
  const recsys::ItemLists lists = recsys::lists_at(ranked, k);
  return {.coverage = recsys::catalogue_coverage(lists, training_counts_.size()),
          .gini = recsys::recommendation_gini(lists, training_counts_.size()),
          .novelty = recsys::mean_novelty(lists, training_counts_),
          .diversity = recsys::intra_list_diversity(lists, topics_),
          .miscalibration = miscalibration(cases, ranked, k)};
}

}  // namespace infodiet::rl
