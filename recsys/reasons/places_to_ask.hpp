// Which interactions are asked for their part in a recommendation.
#pragma once

#include <cstddef>
#include <vector>

#include "recsys/attention/model.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// Places in `history` of the latest interactions and of the most attended among the others: 32 in all, or every one of
/// a shorter history. Asking for all would take longer than the recommendation itself.
std::vector<std::size_t> places_to_ask(const AttentionModel& model, const History& history);

}  // namespace infodiet::recsys
