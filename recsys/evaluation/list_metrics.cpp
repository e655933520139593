#include "recsys/evaluation/list_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"

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
  if (lists.items.empty()) throw DataError("there are no lists to measure: nobody was recommended anything");
}

/// (V) how often each item is recommended.
std::vector<std::uint64_t> recommendation_counts(const ItemLists& lists, std::size_t catalogue_size) {
  check_items(lists, catalogue_size);
  std::vector<std::uint64_t> counts(catalogue_size, 0);
  for (const ItemIndex item : lists.items) ++counts[item];
  return counts;
}

/// `similarity(i, j)` is nothing where it is not known.
template <class Similarity>
std::optional<double> mean_dissimilarity(const ItemLists& lists, Similarity&& similarity) {
  double total = 0.0;
  std::size_t measured = 0;
  for (std::size_t c = 0; c < lists.size(); ++c) {
    const std::span<const ItemIndex> list = lists.list(c);
    double sum = 0.0;
    std::size_t pairs = 0;
    for (std::size_t i = 1; i < list.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const std::optional<double> known = similarity(list[i], list[j]);
        if (!known) continue;
        sum += 1.0 - *known;
        ++pairs;
      }
    }
    if (pairs == 0) continue;
    total += sum / static_cast<double>(pairs);
    ++measured;
  }
  if (measured == 0) return std::nullopt;
  return total / static_cast<double>(measured);
}

std::optional<double> jaccard(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  if (a.empty() || b.empty()) return std::nullopt;
  std::size_t shared = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) ++shared;
    const bool advance_i = *i <= *j;
    const bool advance_j = *j <= *i;
    if (advance_i) ++i;
    if (advance_j) ++j;
  }
  return static_cast<double>(shared) / static_cast<double>(a.size() + b.size() - shared);
}

double dot(const float* a, const float* b, std::size_t size) {
  double sum = 0.0;
  for (std::size_t i = 0; i < size; ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

}  // namespace

ItemLists lists_at(const RankedCases& cases, std::size_t k) {
  if (k > cases.list_length) {
    throw Error(fmt::format("lists of {} were asked for, but rankings kept their best {} only", k, cases.list_length));
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
  const std::vector<std::uint64_t> counts = recommendation_counts(lists, catalogue_size);
  const auto used = std::count_if(counts.begin(), counts.end(), [](std::uint64_t count) { return count > 0; });
  return static_cast<double>(used) / static_cast<double>(catalogue_size);
}

double recommendation_gini(const ItemLists& lists, std::size_t catalogue_size) {
  check_not_empty(lists);
  std::vector<std::uint64_t> counts = recommendation_counts(lists, catalogue_size);
  if (counts.size() == 1) return 0.0;
  std::sort(counts.begin(), counts.end());
  const auto n = static_cast<double>(counts.size());
  double sum = 0.0;
  for (std::size_t j = 0; j < counts.size(); ++j) {
    sum += (2.0 * static_cast<double>(j + 1) - n - 1.0) * static_cast<double>(counts[j]);
  }
  return sum / (static_cast<double>(lists.items.size()) * (n - 1.0));
}

double mean_novelty(const ItemLists& lists, std::span<const std::uint32_t> training_counts) {
  check_not_empty(lists);
  check_items(lists, training_counts.size());
  double total = 0.0;
  for (const std::uint32_t count : training_counts) total += count + 1.0;
  double sum = 0.0;
  for (const ItemIndex item : lists.items) sum -= std::log2((training_counts[item] + 1.0) / total);
  return sum / static_cast<double>(lists.items.size());
}

std::optional<double> intra_list_diversity(const ItemLists& lists, const ItemTopics& topics) {
  check_items(lists, topics.items());
  return mean_dissimilarity(lists, [&](ItemIndex i, ItemIndex j) { return jaccard(topics.of(i), topics.of(j)); });
}

std::optional<double> intra_list_diversity(const ItemLists& lists, engine::MatrixSpan<const float> vectors) {
  check_items(lists, vectors.rows);
  std::vector<double> norms(vectors.rows);
  for (std::size_t item = 0; item < vectors.rows; ++item) {
    norms[item] = std::sqrt(dot(vectors.row(item), vectors.row(item), vectors.cols));
  }
  return mean_dissimilarity(lists, [&](ItemIndex i, ItemIndex j) -> std::optional<double> {
    if (norms[i] == 0.0 || norms[j] == 0.0) return std::nullopt;
    return dot(vectors.row(i), vectors.row(j), vectors.cols) / (norms[i] * norms[j]);
  });
}

}  // namespace infodiet::recsys
