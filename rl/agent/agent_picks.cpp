#include "rl/agent/agent_picks.hpp"

#include <algorithm>

#include "rl/diet/items.hpp"
#include "rl/environments/catalogue.hpp"

namespace infodiet::rl {

std::vector<recsys::ScoredItem> agent_picks(const AgentModel& agent, const DataWorld& world,
                                            std::span<const recsys::ItemIndex> history,
                                            std::span<const recsys::ScoredItem> offers, std::size_t k) {
  constexpr CatalogueOptions usual;
  std::vector<Candidate> before;
  for (const recsys::ItemIndex item : history) before.push_back(world.catalogue[item]);
  const auto shares = topic_shares(before, world.topics.size());
  const std::vector<double> interest = shares.value_or(std::vector<double>());

  Observation session;  // that has not begun
  session.steps = usual.steps;
  session.slate_size = usual.slate;
  session.topics = world.topics.size();
  session.interest = interest;
  for (const recsys::ScoredItem& offer : offers) {
    session.candidates.push_back(world.catalogue[offer.item]);
    session.candidates.back().score = static_cast<double>(offer.score);
  }
  AgentModel::Scratch scratch;
  std::vector<double> worth(offers.size());
  agent.score(session, scratch, worth);
  std::vector<Position> order(std::min(k, offers.size()));
  highest(worth, order);
  std::vector<recsys::ScoredItem> picks;
  for (const Position place : order) picks.push_back({offers[place].item, static_cast<float>(worth[place])});
  return picks;
}

}  // namespace infodiet::rl
