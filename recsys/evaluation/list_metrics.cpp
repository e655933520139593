#include "recsys/evaluation/list_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/diversity.hpp"

namespace infodiet::recsys {

namespace {

void check_items(const ItemLists& lists, std::size_t catalogue_size) {
  for (const ItemIndex item : lists.items) {
    if (item >= catalogue_size) {
      throw ShapeError(fmt::format("a list holds item index {}, but the catalogue has {} items", item, catalogue_size));
    }
  }
}

void check_not_empty(const ItemLists& lists) {
  if (lists.items.empty()) throw DataError("there are no lists to measure: nobody got a recommendation");
}

/// (V) how often each item is recommended.
std::vector<double> recommendation_counts(const ItemLists& lists, std::size_t catalogue_size) {
  check_items(lists, catalogue_size);
  std::vector<double> counts(catalogue_size, 0.0);
  for (const ItemIndex item : lists.items) counts[item] += 1;
  return counts;
}

/// The mean over lists with a pair whose `similarity` is known.
template <class Similarity>
std::optional<double> mean_over_lists(const ItemLists& lists, const Similarity& similarity) {
  double total = 0.0;
  std::size_t measured = 0;
  for (std::size_t c = 0; c < lists.size(); ++c) {
    const std::span<const ItemIndex> list = lists.list(c);
    const std::optional<double> diversity =
        mean_dissimilarity(list.size(), [&](std::size_t i, std::size_t j) { return similarity(list[i], list[j]); });
    if (!diversity) continue;
    total += *diversity;
    ++measured;
  }
  if (measured == 0) return std::nullopt;
  return total / static_cast<double>(measured);
}

double dot(const float* a, const float* b, std::size_t size) {
  double sum = 0.0;
  for (std::size_t i = 0; i < size; ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

}  // namespace

ItemLists lists_at(const RankedCases& cases, std::size_t k) {
  if (k > cases.list_length) {
    throw Error(
        fmt::format("lists of {} were requested, but the rankings kept only their best {}", k, cases.list_length));
  }
  ItemLists lists;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const std::span<const ScoredItem> list = cases.list_of(c);
    for (const ScoredItem& scored : list.first(std::min(k, list.size()))) lists.items.push_back(scored.item);
    lists.offsets.push_back(lists.items.size());
  }
  return lists;
}

double catalogue_coverage(const ItemLists& lists, std::size_t catalogue_size) {
  if (catalogue_size == 0) throw DataError("the catalogue is empty: import items first");
  const std::vector<double> counts = recommendation_counts(lists, catalogue_size);
  const auto used = std::count_if(counts.begin(), counts.end(), [](double count) { return count > 0; });
  return static_cast<double>(used) / static_cast<double>(catalogue_size);
}

double recommendation_gini(const ItemLists& lists, std::size_t catalogue_size) {
  check_not_empty(lists);
  return gini(recommendation_counts(lists, catalogue_size));
}

double mean_novelty(const ItemLists& lists, std::span<const std::uint32_t> training_counts) {
  check_not_empty(lists);
  check_items(lists, training_counts.size());
  const std::vector<double> popularity = smoothed_popularity(training_counts);
  double sum = 0.0;
  for (const ItemIndex item : lists.items) sum += novelty(popularity[item]);
  return sum / static_cast<double>(lists.items.size());
}

std::optional<double> intra_list_diversity(const ItemLists& lists, const ItemTopics& topics) {
  check_items(lists, topics.items());
  return mean_over_lists(lists, [&](ItemIndex i, ItemIndex j) { return jaccard(topics.of(i), topics.of(j)); });
}

std::optional<double> intra_list_diversity(const ItemLists& lists, engine::MatrixSpan<const float> vectors) {
  check_items(lists, vectors.rows);
  std::vector<double> norms(vectors.rows);
  for (std::size_t item = 0; item < vectors.rows; ++item) {
    norms[item] = std::sqrt(dot(vectors.row(item), vectors.row(item), vectors.cols));
  }
  return mean_over_lists(lists, [&](ItemIndex i, ItemIndex j) -> std::optional<double> {
    if (norms[i] == 0.0 || norms[j] == 0.0) return std::nullopt;
    return dot(vectors.row(i), vectors.row(j), vectors.cols) / (norms[i] * norms[j]);
  });
}

}  // namespace infodiet::recsys
