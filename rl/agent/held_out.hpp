// The hit rate of an agent's lists on held-out items, compared with the recommender that it chooses from.
#pragma once

#include <cstddef>
#include <span>

#include "engine/parallel.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/data/split.hpp"
#include "recsys/ranking/recommender.hpp"
#include "rl/agent/agent_picks.hpp"

namespace infodiet::rl {

/// Hit rates: shares of the cases whose target is in the list.
struct HeldOutHits {
  double agent = 0;
  double recommender = 0;
};
/// `cases`: at least one, with targets that the recommender was not trained on; lists exclude what `repeats` forbids.
HeldOutHits held_out_hits(const CatalogueAgent& agent, const DataWorld& world, const recsys::Recommender& recommender,
                          std::span<const recsys::EvaluationCase> cases, recsys::Repeats repeats,
                          engine::ThreadPool& pool);

/// Length of the lists.
inline constexpr std::size_t held_out_list = 10;

}  // namespace infodiet::rl
