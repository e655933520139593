// What the published agent of the catalogue would show somebody next.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/ranking/top_k.hpp"
#include "rl/agent/model.hpp"
#include "rl/environments/data_world.hpp"

namespace infodiet::rl {

/// An agent that learned in catalogue, and what it learned in.
struct CatalogueAgent {
  std::shared_ptr<const AgentModel> model;
  CatalogueOptions options{};
};

/// Of `offers`, best first, the k items that the agent scores highest, best first, for somebody who consumed `history`,
/// oldest first. Everything is told as in training: the latest items that people of catalogue remember are the session
/// so far, the whole history is the interest, and attention is what people usually mean to spend. Scores are the
/// agent's.
std::vector<recsys::ScoredItem> agent_picks(const CatalogueAgent& agent, const DataWorld& world,
                                            std::span<const recsys::ItemIndex> history,
                                            std::span<const recsys::ScoredItem> offers, std::size_t k);

}  // namespace infodiet::rl
