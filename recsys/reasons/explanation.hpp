// Why an item has its score: what the score loses without each interaction of the history. Runs the model on the
// shorter histories, so it works for any model. recsys/reasons/faithfulness.hpp measures how faithful the reasons are;
// gradients times inputs and attention weights were less faithful.
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

/// drops (P, C): what each candidate's score loses when the interaction at each of the positions is removed.
engine::Matrix<float> score_drops(const Recommender& model, engine::ThreadPool& pool, const History& history,
                                  std::span<const std::size_t> positions, std::span<const ItemIndex> candidates);

/// One interaction of a history and its part in an item's score.
struct Reason {
  std::size_t position = 0;  ///< in the history, from 0
  double contribution = 0;   ///< what the score loses without it, after the removal of those before it in the list
  double score_drop = 0;     ///< what the score loses without it alone
  double share = 0;  ///< score_drop over the sum of all positive ones of the history; negative if the interaction
                     ///< counts against the item
};

/// Smallest share of a reason.
inline constexpr double least_share = 0.05;

/// Reason::share of a score drop, given those of all interactions of the history.
double share_of(double drop, std::span<const double> all_drops);

/// The interactions that carry the candidate's score, at most `count`. The first ten are chosen greedily, among those
/// with the highest score_drop and the latest: each costs the score most after the removal of those before it. The
/// others follow by score_drop.
std::vector<Reason> reasons(const Recommender& model, engine::ThreadPool& pool, const History& history,
                            ItemIndex candidate, std::size_t count);

}  // namespace infodiet::recsys
