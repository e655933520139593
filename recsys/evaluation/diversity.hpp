// Formulas shared by lists of a model, diets of people, and policies: evenness, similarity of topics, shares of topics,
// popularity in bits. They take plain numbers and topic numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace infodiet::recsys {

/// Gini index of amounts that are not negative and not all 0: with their shares p ascending, sum over j of
/// (2 j - n - 1) p_j / (n - 1) (Castells, Hurley & Vargas, Recommender Systems Handbook). 0: all equal, 1: one has
/// everything. 0 for a single amount.
double gini(std::span<const double> amounts);

/// Shared topics over all topics of the two (Jaccard), each ascending and distinct; nothing if either has none.
std::optional<double> jaccard(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

/// Mean of 1 - similarity(i, j) over the pairs of a list of `size` (Ziegler et al., WWW 2005). Pairs for which
/// `similarity` gives nothing are left out; nothing if no pair is left.
template <class Similarity>
std::optional<double> mean_dissimilarity(std::size_t size, const Similarity& similarity) {
  double sum = 0;
  std::size_t pairs = 0;
  for (std::size_t i = 1; i < size; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::optional<double> known = similarity(i, j);
      if (!known) continue;
      sum += 1 - *known;
      ++pairs;
    }
  }
  if (pairs == 0) return std::nullopt;
  return sum / static_cast<double>(pairs);
}

/// Adds `weight` to the topics of an item, in equal parts (Steck, RecSys 2018). `to` (topics).
template <class T>
void add_topics(std::span<const std::uint32_t> topics, T weight, std::span<T> to) {
  for (const std::uint32_t topic : topics) to[topic] += weight / static_cast<T>(topics.size());
}

/// (V) each item's share of all interactions, (n_i + 1) / (n + V) from the counts n_i (V) and their sum n: one
/// pseudo-count per item keeps the novelty of unconsumed items finite.
std::vector<double> smoothed_popularity(std::span<const std::uint32_t> counts);

/// Novelty of an item of that popularity, in (0, 1]: -log2 of it, in bits (self-information: Zhou et al., PNAS 2010).
double novelty(double popularity);

}  // namespace infodiet::recsys
