#include "rl/agent/held_out.hpp"

#include <algorithm>
#include <vector>

namespace infodiet::rl {

namespace {

bool holds(std::span<const recsys::ScoredItem> list, std::span<const recsys::ItemIndex> targets) {
  return std::any_of(list.begin(), list.end(), [&](const recsys::ScoredItem& scored) {
    return std::find(targets.begin(), targets.end(), scored.item) != targets.end();
  });
}

}  // namespace

HeldOutHits held_out_hits(const CatalogueAgent& agent, const DataWorld& world, const recsys::Recommender& recommender,
                          std::span<const recsys::EvaluationCase> cases, recsys::Repeats repeats,
                          engine::ThreadPool& pool) {
  std::vector<recsys::ListQuery> queries;
  for (const recsys::EvaluationCase& one : cases) {
    queries.push_back({one.history, {.excluded = recsys::left_out(repeats, one.history)}});
  }
  std::vector<std::vector<recsys::ScoredItem>> offers;
  recommender.recommend(pool, queries, std::max(held_out_list, agent.options.candidates), offers);
  std::vector<HeldOutHits> hits(cases.size());
  pool.run(cases.size(), [&](std::size_t c, std::size_t) {
    const std::span<const recsys::ScoredItem> offered(offers[c]);
    const auto picks = agent_picks(agent, world, cases[c].history.items, offered, held_out_list);
    hits[c] = {
        .agent = holds(picks, cases[c].targets) ? 1.0 : 0.0,
        .recommender = holds(offered.first(std::min(held_out_list, offered.size())), cases[c].targets) ? 1.0 : 0.0};
  });
  HeldOutHits mean;
  for (const HeldOutHits& one : hits) {
    mean.agent += one.agent / static_cast<double>(cases.size());
    mean.recommender += one.recommender / static_cast<double>(cases.size());
  }
  return mean;
}

}  // namespace infodiet::rl
