#include "rl/agent/agent_picks.hpp"

#include <algorithm>

#include "rl/environments/catalogue_people.hpp"

namespace infodiet::rl {

namespace {

/// The end of a history as a session: each slate is the item taken.
struct SessionSoFar {
  std::vector<Event> events;
  std::vector<Candidate> shown;
};

SessionSoFar session_so_far(std::span<const recsys::ItemIndex> history, const Catalogue& catalogue,
                            const CatalogueOptions& options) {
  const std::size_t recent = std::min({history.size(), Consumption::remembered, options.steps - 1});
  SessionSoFar session;
  for (const recsys::ItemIndex item : history.last(recent)) {
    session.events.push_back({.chosen = 0, .engagement = engagement_of(catalogue[item])});
    session.shown.insert(session.shown.end(), options.slate, catalogue[item]);
  }
  return session;
}

}  // namespace

std::vector<recsys::ScoredItem> agent_picks(const CatalogueAgent& agent, const DataWorld& world,
                                            std::span<const recsys::ItemIndex> history,
                                            std::span<const recsys::ScoredItem> offers, std::size_t k) {
  const std::vector<double> interest = interest_of(history, world.catalogue);
  const SessionSoFar so_far = session_so_far(history, world.catalogue, agent.options);
  Observation session;
  session.step = so_far.events.size();
  session.steps = agent.options.steps;
  session.slate_size = agent.options.slate;
  session.topics = world.topics.size();
  session.events = so_far.events;
  session.shown = so_far.shown;
  session.interest = interest;
  session.attention = usual_attention(world.catalogue, agent.options);
  for (const recsys::ScoredItem& offer : offers) {
    session.candidates.push_back(world.catalogue[offer.item]);
    session.candidates.back().score = static_cast<double>(offer.score);
  }
  AgentModel::Scratch scratch;
  std::vector<double> worth(offers.size());
  agent.model->score(session, scratch, worth);
  std::vector<Position> order(std::min(k, offers.size()));
  highest(worth, order);
  std::vector<recsys::ScoredItem> picks;
  picks.reserve(order.size());
  for (const Position index : order) picks.push_back({offers[index].item, static_cast<float>(worth[index])});
  return picks;
}

}  // namespace infodiet::rl
