// Properties of a model's lists beyond accuracy: how much of the catalogue they use, how evenly, how novel and how
// varied they are. Uses no targets. Metrics of what people consumed are in rl/diet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/matrix_span.hpp"
#include "recsys/evaluation/ranks.hpp"
#include "recsys/store/item_topics.hpp"

namespace infodiet::recsys {

/// One recommended list for each of C cases, best first.
struct ItemLists {
  std::vector<std::size_t> offsets{0};  ///< (C + 1)
  std::vector<ItemIndex> items;

  std::size_t size() const { return offsets.size() - 1; }
  std::span<const ItemIndex> list(std::size_t c) const {
    return std::span(items).subspan(offsets[c], offsets[c + 1] - offsets[c]);
  }
};

/// The first k of every list that rank_cases kept. Throws Error if its list_length was below k.
ItemLists lists_at(const RankedCases& cases, std::size_t k);

/// The share of the catalogue that is in at least one list, in [0, 1] (Ge et al., RecSys 2010). Throws ShapeError, like
/// all of these, if a list names an item outside the catalogue; DataError if the catalogue is empty.
double catalogue_coverage(const ItemLists& lists, std::size_t catalogue_size);

/// gini (recsys/evaluation/diversity.hpp) of how often each catalogue item is recommended, never included. 0: all
/// equally often, 1: always the same item. 0 for a one-item catalogue. Throws DataError if nothing is recommended.
double recommendation_gini(const ItemLists& lists, std::size_t catalogue_size);

/// Mean novelty over all recommendations, in bits, with smoothed_popularity of the training counts (V). Throws
/// DataError if nothing is recommended.
double mean_novelty(const ItemLists& lists, std::span<const std::uint32_t> training_counts);

/// Mean over lists of mean_dissimilarity by the jaccard of topics. Lists without a pair whose topics are known are left
/// out; nothing if no list remains.
std::optional<double> intra_list_diversity(const ItemLists& lists, const ItemTopics& topics);

/// The same with sim the cosine of item vectors (V, D), so in [0, 2]; a pair with a zero vector is left out.
std::optional<double> intra_list_diversity(const ItemLists& lists, engine::MatrixSpan<const float> vectors);

}  // namespace infodiet::recsys
