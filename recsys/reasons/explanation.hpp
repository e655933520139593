// Why an item has its score: what the score loses without each interaction of the history. Asked of the model itself,
// whatever it is, so a reason is true by construction; how true is measured in recsys/reasons/faithfulness.hpp, where
// gradients times inputs and attention weights did worse.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/parallel.hpp"
#include "engine/tensor.hpp"
#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

/// scores (R, C): of C candidates after `history` without the interactions at the places of each of R `removed` sets.
/// Throws ShapeError if a place is not in the history or a candidate not in the catalogue.
engine::Matrix<float> scores_without(const Recommender& model, engine::ThreadPool& pool, const History& history,
                                     std::span<const std::vector<std::size_t>> removed,
                                     std::span<const ItemIndex> candidates);

/// drops (P, C): what each candidate's score loses when the interaction at one of the places is taken out.
engine::Matrix<float> score_drops(const Recommender& model, engine::ThreadPool& pool, const History& history,
                                  std::span<const std::size_t> places, std::span<const ItemIndex> candidates);

/// One interaction of a history and its part in an item's score.
struct Reason {
  std::size_t place = 0;    ///< in the history, from 0
  double contribution = 0;  ///< what the score loses when it goes, those before it in the list being gone already
  double score_drop = 0;    ///< what the score loses when it alone goes
};

/// The interactions that carry the candidate's score, up to `count`: the first ten in the order in which taking out the
/// next one costs most (tried are those with the highest score_drop and the latest), the others by score_drop.
std::vector<Reason> reasons(const Recommender& model, engine::ThreadPool& pool, const History& history,
                            ItemIndex candidate, std::size_t count);

}  // namespace infodiet::recsys
