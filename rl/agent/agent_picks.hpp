// What the published agent of `catalogue` would show somebody next.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/ranking/top_k.hpp"
#include "rl/agent/model.hpp"
#include "rl/environments/data_world.hpp"

namespace infodiet::rl {

/// An agent trained in `catalogue`, and its settings there.
struct CatalogueAgent {
  std::shared_ptr<const AgentModel> model;
  CatalogueOptions options{};
};

/// The k of `offers` (best first) that the agent scores highest, best first, with its scores, for somebody with
/// `history` (oldest first). Inputs are as in training: the latest items, as many as people in `catalogue` remember,
/// are the session so far; the whole history is the interest; the attention budget is the mean one.
std::vector<recsys::ScoredItem> agent_picks(const CatalogueAgent& agent, const DataWorld& world,
                                            std::span<const recsys::ItemIndex> history,
                                            std::span<const recsys::ScoredItem> offers, std::size_t k);

}  // namespace infodiet::rl
