// What the published agent of the catalogue would show somebody first.
#pragma once

#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/ranking/top_k.hpp"
#include "rl/agent/model.hpp"
#include "rl/environments/data_world.hpp"

namespace infodiet::rl {

/// Of `offers`, best first, the k items that the agent scores highest at the beginning of a session, best first, for
/// somebody who took in `history`. Scores are the agent's.
std::vector<recsys::ScoredItem> agent_picks(const AgentModel& agent, const DataWorld& world,
                                            std::span<const recsys::ItemIndex> history,
                                            std::span<const recsys::ScoredItem> offers, std::size_t k);

}  // namespace infodiet::rl
