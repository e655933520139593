#include "recsys/evaluation/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

double discount(double rank) {
  return 1.0 / std::log2(rank + 1.0);
}

double ndcg(std::span<const std::uint32_t> hits, std::size_t relevant, std::size_t k) {
  double gain = 0.0;
  for (const std::uint32_t rank : hits) gain += discount(rank);
  double ideal = 0.0;
  for (std::size_t rank = 1; rank <= std::min(relevant, k); ++rank) ideal += discount(static_cast<double>(rank));
  return gain / ideal;
}

double average_precision(std::span<const std::uint32_t> hits, std::size_t relevant) {
  double sum = 0.0;
  for (std::size_t j = 0; j < hits.size(); ++j) sum += static_cast<double>(j + 1) / hits[j];
  return sum / static_cast<double>(relevant);
}

std::string_view metric_name(Metric metric) {
  switch (metric) {
    case Metric::hit_rate:
      return "hr";
    case Metric::recall:
      return "recall";
    case Metric::precision:
      return "precision";
    case Metric::ndcg:
      return "ndcg";
    case Metric::mrr:
      return "mrr";
    case Metric::map:
      break;
  }
  return "map";
}

}  // namespace

std::string metric_key(Metric metric, std::size_t k) {
  return fmt::format("{}@{}", metric_name(metric), k);
}

double metric_at(Metric metric, std::span<const std::uint32_t> ranks, std::size_t k) {
  if (ranks.empty()) throw Error("a metric needs at least one target");
  if (k == 0) throw Error("a metric's k must be at least 1");
  const auto beyond = std::upper_bound(ranks.begin(), ranks.end(), k);
  const std::span<const std::uint32_t> hits(ranks.begin(), beyond);
  const auto hit_count = static_cast<double>(hits.size());
  switch (metric) {
    case Metric::hit_rate:
      return hits.empty() ? 0.0 : 1.0;
    case Metric::recall:
      return hit_count / static_cast<double>(ranks.size());
    case Metric::precision:
      return hit_count / static_cast<double>(k);
    case Metric::ndcg:
      return ndcg(hits, ranks.size(), k);
    case Metric::mrr:
      return hits.empty() ? 0.0 : 1.0 / hits.front();
    case Metric::map:
      break;
  }
  return average_precision(hits, ranks.size());
}

std::vector<double> metric_per_case(Metric metric, const RankedCases& cases, std::size_t k) {
  std::vector<double> values(cases.size());
  for (std::size_t c = 0; c < cases.size(); ++c) values[c] = metric_at(metric, cases.ranks_of(c), k);
  return values;
}

double mean(std::span<const double> values) {
  if (values.empty()) {
    throw DataError(
        "nobody to evaluate: the protocol finds no user with enough interactions; import more, or score pairs of your "
        "own with --targets");
  }
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace infodiet::recsys
