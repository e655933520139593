// Diet formulas on lists of items. An attribute that an item does not have leaves the item out of that formula, and a
// formula with nothing left has no value: never 0.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// How much each item of a list counts.
enum class ListWeights {
  even,
  by_rank,  ///< 1 / rank, rank 1 first: what stands at the top is seen most (RADio)
};

/// (topics) share of each topic, an item of m topics giving 1 / m of its weight to each (Steck). Null where no item has
/// a topic. Throws ShapeError for a topic not below `topics`.
std::optional<std::vector<double>> topic_shares(std::span<const Candidate> items, std::size_t topics,
                                                ListWeights weights = ListWeights::even);

/// recsys::jaccard of their topics, positive definite; null where either has none.
std::optional<double> topic_similarity(const Candidate& a, const Candidate& b);

/// recsys::mean_dissimilarity by topic_similarity. Null without a pair.
std::optional<double> intra_list_diversity(std::span<const Candidate> items);

/// Mean of recsys::novelty, in bits.
std::optional<double> mean_novelty(std::span<const Candidate> items);

/// Nutrition: mean quality, in [-1, 1].
std::optional<double> nutrition(std::span<const Candidate> items);

/// Sugar: mean clickbait, in [0, 1]; the share that is clickbait where items are either clickbait or not.
std::optional<double> sugar(std::span<const Candidate> items);

/// Engagement beyond what the person meant to spend, as a share of all of it: max(0, spent - attention) / spent. Null
/// where nothing was spent.
std::optional<double> overload(double spent, double attention);

/// alpha-nDCG (Clarke et al., SIGIR'08) of the list against the best that greedy choice makes of `pool` at that length:
/// sum over ranks r of sum over topics g of the item (1 - alpha)^(earlier items with g) / log2(1 + r), over the same of
/// the ideal. Topics count where `interest` is above 0, or all where it is empty. Null where the ideal is 0.
std::optional<double> alpha_ndcg(std::span<const Candidate> list, std::span<const Candidate> pool,
                                 std::span<const double> interest = {}, double alpha = 0.5);

}  // namespace infodiet::rl
