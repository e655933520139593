// How well an agent's lists hold what people consumed next, beside those of the recommender it chooses from.
#pragma once

#include <cstddef>
#include <span>

#include "engine/parallel.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/data/split.hpp"
#include "recsys/ranking/recommender.hpp"
#include "rl/agent/agent_picks.hpp"

namespace infodiet::rl {

/// Shares of the cases whose target is in a list of k.
struct HeldOutHits {
  double agent = 0;
  double recommender = 0;
};
/// `cases` are at least one, and what the recommender has not seen; lists leave out what `repeats` forbids.
HeldOutHits held_out_hits(const CatalogueAgent& agent, const DataWorld& world, const recsys::Recommender& recommender,
                          std::span<const recsys::EvaluationCase> cases, recsys::Repeats repeats,
                          engine::ThreadPool& pool);

/// Length of those lists.
inline constexpr std::size_t held_out_list = 10;

}  // namespace infodiet::rl
