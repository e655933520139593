#include "tools/commands/list_qualities.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "recsys/baselines/popularity.hpp"
#include "rl/diet/distribution.hpp"
#include "rl/policies/balanced_list.hpp"

namespace infodiet::tools {

namespace {

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

ListQualities::ListQualities(const recsys::Dataset& training, const std::vector<recsys::Item>& items)
    : training_counts_(recsys::item_counts(training)), topics_(recsys::number_topics(items)) {}

std::optional<double> ListQualities::miscalibration(std::span<const recsys::EvaluationCase> cases,
                                                    const recsys::RankedCases& ranked, std::size_t k) const {
  const recsys::ItemLists lists = recsys::lists_at(ranked, k);
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const std::vector<double> interest = rl::history_interest(cases[c].history, topics_);
    const std::vector<double> listed = rl::history_interest({lists.list(c), {}}, topics_);
    if (interest.empty() || listed.empty()) continue;
    sum += rl::steck_divergence(interest, listed);
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

void ListQualities::add_to(Json& json, std::span<const recsys::EvaluationCase> cases, const recsys::RankedCases& ranked,
                           std::size_t k) const {
  const recsys::ItemLists lists = recsys::lists_at(ranked, k);
  json[fmt::format("coverage@{}", k)] = recsys::catalogue_coverage(lists, training_counts_.size());
  json[fmt::format("gini@{}", k)] = recsys::recommendation_gini(lists, training_counts_.size());
  json[fmt::format("novelty@{}", k)] = recsys::mean_novelty(lists, training_counts_);
  json[fmt::format("diversity@{}", k)] = or_null(recsys::intra_list_diversity(lists, topics_));
  json[fmt::format("miscalibration@{}", k)] = or_null(miscalibration(cases, ranked, k));
}

}  // namespace infodiet::tools
