// Why the attention model gave an item its score: the history's part in that very score. Attention weights alone are
// the same for every candidate, so they stand beside the contributions and are not the reason themselves.
#pragma once

#include <span>
#include <vector>

#include "recsys/attention/model.hpp"

namespace infodiet::recsys {

/// One interaction of the history and its part in a candidate's score.
struct Reason {
  std::size_t position = 0;  ///< in the history, from 0
  ItemIndex item = 0;
  double contribution = 0;  ///< gradient of the score with respect to the interaction's item vector, times that vector
};

/// For each candidate the contributions of the interactions that the model attends over (the last max_length), oldest
/// first (gradient times input: Shrikumar et al. 2016, "Not just a black box"). One forward pass, one backward pass a
/// candidate. Throws ShapeError if a candidate is not in the catalogue.
std::vector<std::vector<Reason>> contributions(const AttentionModel& model, const History& history,
                                               std::span<const ItemIndex> candidates);

/// How much the candidate's score falls when one interaction is taken out of the history, for each that the model
/// attends over, oldest first.
std::vector<double> score_drops(const AttentionModel& model, engine::ThreadPool& pool, const History& history,
                                ItemIndex candidate);

/// The weight with which the last position attends to each interaction, oldest first, averaged over blocks and heads.
std::vector<double> attention_of_last(const AttentionModel& model, const History& history);

}  // namespace infodiet::recsys
