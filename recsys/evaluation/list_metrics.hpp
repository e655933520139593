// What a model's lists are like beside being right: how much of the catalogue they use, how evenly, how surprising and
// how varied they are. Knows no target. What a person consumed is the diet metrics' matter, not this file's.
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

/// The first k of every list that rank_cases kept. Throws Error if it kept shorter ones than k because it was told to.
ItemLists lists_at(const RankedCases& cases, std::size_t k);

/// The share of the catalogue that is in at least one list, in [0, 1] (Ge et al., RecSys 2010). Throws ShapeError, as
/// all of these do, if a list names an item outside the catalogue; DataError if the catalogue is empty.
double catalogue_coverage(const ItemLists& lists, std::size_t catalogue_size);

/// Gini index of how often each catalogue item is recommended, never included: with the shares p ascending,
/// sum over j of (2 j - n - 1) p_j / (n - 1) (Castells, Hurley & Vargas, Recommender Systems Handbook). 0: all equally
/// often, 1: always the same item. 0 for a catalogue of one item. Throws DataError if nothing is recommended.
double recommendation_gini(const ItemLists& lists, std::size_t catalogue_size);

/// Mean over all recommendations of -log2 pop(i), in bits (self-information: Zhou et al., PNAS 2010), with
/// pop(i) = (n_i + 1) / (n + V) from the training counts n_i (V) and their sum n: one pseudo-count an item keeps what
/// nobody has taken in yet finite. Throws DataError if nothing is recommended.
double mean_novelty(const ItemLists& lists, std::span<const std::uint32_t> training_counts);

/// Mean over lists of the mean over a list's pairs of 1 - sim (Ziegler et al., WWW 2005), sim the shared topics over
/// all topics of the two (Jaccard). Pairs with an item of unknown topic are left out, and so are lists without a pair;
/// nothing if no list remains.
std::optional<double> intra_list_diversity(const ItemLists& lists, const ItemTopics& topics);

/// The same with sim the cosine of item vectors (V, D), so in [0, 2]; a pair with a zero vector is left out.
std::optional<double> intra_list_diversity(const ItemLists& lists, engine::MatrixSpan<const float> vectors);

}  // namespace infodiet::recsys
