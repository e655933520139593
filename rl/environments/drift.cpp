#include "rl/environments/drift.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "recsys/errors.hpp"
#include "rl/choice.hpp"
#include "rl/environments/drift_optimum.hpp"
#include "rl/session.hpp"

namespace infodiet::rl {

namespace {

constexpr std::array<std::array<Topic, 1>, Drift::most_topics> drift_topics{{{0}, {1}, {2}, {3}, {4}}};

LogitChoice choice_of(const Drift& environment, const Drift::State& state, std::span<const Position> slate) {
  std::array<double, Drift::most_topics> worths;
  for (std::size_t rank = 0; rank < slate.size(); ++rank) worths[rank] = environment.worth(state, slate[rank]);
  return {std::span(worths).first(slate.size()), environment.worth_of_nothing(state)};
}

}  // namespace

std::span<const recsys::Setting<DriftOptions>> Drift::settings() {
  using O = DriftOptions;
  static constexpr std::array table{
      recsys::setting<&O::taste>("taste", 0, 20, "utility of an item whose topic has all units"),
      recsys::setting<&O::lure>("lure", -10, 10, "additional utility of topic 1"),
      recsys::setting<&O::rest>("rest", -10, 10, "utility of choosing nothing"),
      recsys::setting<&O::weariness>("weariness", 0, 100, "utility of choosing nothing when one topic has all units"),
      recsys::setting<&O::breadth>("breadth", 0, 100, "reward per step for a taste spread evenly over all topics"),
      recsys::setting<&O::topics>("topics", 2, Drift::most_topics, "number of topics and of items"),
      recsys::setting<&O::units>("units", 1, Drift::most_units, "units of a taste"),
      recsys::setting<&O::slate>("slate", 1, Drift::most_topics, "items shown at each step"),
      recsys::setting<&O::steps>("steps", 1, 200, "steps of a session"),
  };
  return table;
}

Drift::Drift(const DriftOptions& options) : options_(recsys::checked(id, settings(), options)) {
  if (options.slate > options.topics) {
    throw recsys::SettingError(
        fmt::format("drift: slates of {} from {} items, one for each topic: set slate to at most "
                    "topics",
                    options.slate, options.topics));
  }
}

std::unique_ptr<SessionBatch> Drift::open_sessions() const {
  return std::make_unique<Sessions<Drift>>(*this);
}

std::shared_ptr<const Optimum> Drift::solve() const {
  return std::make_shared<const Optimum>(solve_drift(*this));
}

Drift::State Drift::start() const {
  State state;
  for (std::size_t unit = 0; unit < options_.units; ++unit) ++state.units[unit % options_.topics];
  return state;
}

Drift::State Drift::reset(engine::RandomStream&) const {
  return start();
}

double Drift::worth(const State& state, std::size_t topic) const {
  return options_.taste * share(state, topic) + (topic == 0 ? options_.lure : 0);
}

double Drift::worth_of_nothing(const State& state) const {
  double squares = 0;
  for (std::size_t topic = 0; topic < options_.topics; ++topic) squares += share(state, topic) * share(state, topic);
  const double least = 1 / static_cast<double>(options_.topics);
  return options_.rest + options_.weariness * (squares - least) / (1 - least);
}

double Drift::effective_topics(const State& state) const {
  double entropy = 0;
  for (std::size_t topic = 0; topic < options_.topics; ++topic) {
    const double p = share(state, topic);
    if (p > 0) entropy -= p * std::log(p);
  }
  return std::exp(entropy);
}

double Drift::breadth_reward(const State& state) const {
  if (options_.breadth == 0) return 0;
  return options_.breadth * (effective_topics(state) - 1) / static_cast<double>(options_.topics - 1);
}

Drift::State Drift::after_click(State state, std::size_t topic) const {
  std::size_t weakest = options_.topics;
  for (std::size_t other = options_.topics; other-- > 0;) {
    if (other == topic || state.units[other] == 0) continue;
    if (weakest == options_.topics || state.units[other] < state.units[weakest]) weakest = other;
  }
  if (weakest == options_.topics) return state;
  ++state.units[topic];
  --state.units[weakest];
  return state;
}

Outcome Drift::step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const {
  const LogitChoice choice = choice_of(*this, state, slate);
  const Position chosen = choice.draw(stream);
  double expected = 1 - choice.probability_of_nothing();
  if (options_.breadth != 0) {
    expected += choice.probability_of_nothing() * breadth_reward(state);
    for (std::size_t rank = 0; rank < slate.size(); ++rank) {
      expected += choice.probability(rank) * breadth_reward(after_click(state, slate[rank]));
    }
  }
  const double click = chosen == Event::nothing ? 0 : 1;
  if (chosen != Event::nothing) state = after_click(state, slate[chosen]);
  return {.reward = click + breadth_reward(state),
          .expected_reward = expected,
          .event = {.chosen = chosen, .engagement = click},
          .taste_topics = effective_topics(state)};
}

Candidate Drift::candidate(const State& state, Position position) const {
  return {.item = position, .score = worth(state, position), .topics = drift_topics[position]};
}

double Drift::satisfaction(const State& state, std::span<const Position> slate) const {
  return 1 - choice_of(*this, state, slate).probability_of_nothing();
}

}  // namespace infodiet::rl
