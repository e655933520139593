#include "rl/environments/exploration.hpp"

#include <array>
#include <cmath>

#include "rl/environments/exploration_optimum.hpp"
#include "rl/session.hpp"

namespace infodiet::rl {

namespace {

constexpr std::array<std::array<Topic, 1>, Exploration::items> exploration_topics{{{0}, {1}, {2}}};

}  // namespace

std::span<const recsys::Setting<ExplorationOptions>> Exploration::settings() {
  using O = ExplorationOptions;
  static constexpr std::array table{
      recsys::setting<&O::prior>("prior", 0.001, 0.999, "share of people of kind A"),
      recsys::setting<&O::match>("match", 0.001, 0.999, "probability of a click on the item of one's kind"),
      recsys::setting<&O::mismatch>("mismatch", 0.001, 0.999, "probability of a click on the item of the other kind"),
      recsys::setting<&O::safe>("safe", 0, 1, "probability of a click on the safe item"),
      recsys::setting<&O::steps>("steps", 1, 200, "steps of a session"),
  };
  return table;
}

Exploration::Exploration(const ExplorationOptions& options) : options_(recsys::checked(id, settings(), options)) {}

std::unique_ptr<SessionBatch> Exploration::open_sessions() const {
  return std::make_unique<Sessions<Exploration>>(*this);
}

std::shared_ptr<const Optimum> Exploration::solve() const {
  return std::make_shared<const Optimum>(solve_exploration(*this));
}

Exploration::State Exploration::reset(engine::RandomStream& stream) const {
  return {.kind_a = stream.uniform() < options_.prior};
}

double Exploration::click_of(bool kind_a, Position item) const {
  if (item == safe) return options_.safe;
  return (item == a) == kind_a ? options_.match : options_.mismatch;
}

Outcome Exploration::step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const {
  const Position item = slate[0];
  const double probability = click_of(state.kind_a, item);
  const bool click = stream.uniform() < probability;
  state.evidence = after(state.evidence, item, click);
  return {.reward = click ? 1.0 : 0.0,
          .expected_reward = probability,
          .event = {.chosen = click ? 0 : Event::nothing, .engagement = click ? 1.0 : 0.0}};
}

Exploration::Evidence Exploration::after(Evidence evidence, Position item, bool click) {
  if (item == safe) return evidence;
  const int towards_a = item == a ? 1 : -1;
  (click ? evidence.clicks : evidence.passes) += towards_a;
  return evidence;
}

double Exploration::belief(Evidence evidence) const {
  const double log_odds = std::log(options_.prior / (1 - options_.prior)) +
                          evidence.clicks * std::log(options_.match / options_.mismatch) +
                          evidence.passes * std::log((1 - options_.match) / (1 - options_.mismatch));
  return 1 / (1 + std::exp(-log_odds));
}

double Exploration::click_probability(Evidence evidence, Position item) const {
  const double kind_a = belief(evidence);
  return kind_a * click_of(true, item) + (1 - kind_a) * click_of(false, item);
}

Candidate Exploration::candidate(const State& state, Position position) const {
  return {
      .item = position, .score = click_probability(state.evidence, position), .topics = exploration_topics[position]};
}

}  // namespace infodiet::rl
