// What the published agent of the catalogue would show somebody first.
#pragma once

#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/ranking/top_k.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::rl {

/// The k items, best first, that the agent scores highest at the beginning of a session, of as many as it chooses from
/// in simulation (at least k): those that the recommender ranks highest for `history` and that are not in it. Scores
/// are the agent's. Throws DataError if no agent has learned in catalogue.
std::vector<recsys::ScoredItem> agent_picks(const recsys::Database& db, std::span<const recsys::ItemIndex> history,
                                            std::size_t k);

}  // namespace infodiet::rl
