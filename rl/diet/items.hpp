// Diet formulas on lists of items. A formula ignores items that lack its attribute; if none is left its value is null,
// never 0.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// The weight of each item of a list.
enum class ListWeights {
  even,
  by_rank,  ///< 1 / rank, from rank 1: the top is seen most (RADio)
};

/// (topics) share of each topic, an item of m topics giving 1 / m of its weight to each (Steck). Null if no item has a
/// topic. Throws ShapeError for a topic not below `topics`.
std::optional<std::vector<double>> topic_shares(std::span<const Candidate> items, std::size_t topics,
                                                ListWeights weights = ListWeights::even);

/// recsys::jaccard of their topics, positive definite; null if either has none.
std::optional<double> topic_similarity(const Candidate& a, const Candidate& b);

/// recsys::mean_dissimilarity by topic_similarity. Null without a pair.
std::optional<double> intra_list_diversity(std::span<const Candidate> items);

/// Mean of recsys::novelty, in bits.
std::optional<double> mean_novelty(std::span<const Candidate> items);

/// Nutrition: mean quality, in [-1, 1].
std::optional<double> nutrition(std::span<const Candidate> items);

/// Sugar: mean clickbait, in [0, 1]; the share of clickbait if items are 0 or 1.
std::optional<double> sugar(std::span<const Candidate> items);

/// Engagement beyond the person's attention budget, as a share of all engagement: max(0, spent - attention) / spent.
/// Null if nothing was spent.
std::optional<double> overload(double spent, double attention);

/// alpha-nDCG (Clarke et al., SIGIR'08) of the list relative to the greedy best list from `pool` of that length: sum
/// over ranks r of sum over topics g of the item (1 - alpha)^(earlier items with g) / log2(1 + r), over the same of the
/// ideal. Topics with `interest` above 0 count, or all if it is empty. Null if the ideal is 0.
std::optional<double> alpha_ndcg(std::span<const Candidate> list, std::span<const Candidate> pool,
                                 std::span<const double> interest = {}, double alpha = 0.5);

}  // namespace infodiet::rl
