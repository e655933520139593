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

/// scores (R, C): of C candidates after `history` without the interactions at the positions of each of R `removed`
/// sets. Throws ShapeError if a position is not in the history or a candidate not in the catalogue.
engine::Matrix<float> scores_without(const Recommender& model, engine::ThreadPool& pool, const History& history,
                                     std::span<const std::vector<std::size_t>> removed,
                                     std::span<const ItemIndex> candidates);

/// drops (P, C): what each candidate's score loses when the interaction at one of the positions is taken out.
engine::Matrix<float> score_drops(const Recommender& model, engine::ThreadPool& pool, const History& history,
                                  std::span<const std::size_t> positions, std::span<const ItemIndex> candidates);

/// One interaction of a history and its part in an item's score.
struct Reason {
  std::size_t position = 0;  ///< in the history, from 0
  double contribution = 0;   ///< what the score loses when it goes, those before it in the list being gone already
  double score_drop = 0;     ///< what the score loses when it alone goes
  double share = 0;  ///< of that in what the score loses without each that it loses anything without; below 0 where
                     ///< the interaction speaks against the item
};

/// What less than this share of the score hangs on is not called a reason.
inline constexpr double least_share = 0.05;

/// The share of a score drop, given those of all interactions of the history.
double share_of(double drop, std::span<const double> all_drops);

/// The interactions that carry the candidate's score, up to `count`: the first ten in the order in which taking out the
/// next one costs most (tried are those with the highest score_drop and the latest), the others by score_drop.
std::vector<Reason> reasons(const Recommender& model, engine::ThreadPool& pool, const History& history,
                            ItemIndex candidate, std::size_t count);

}  // namespace infodiet::recsys
