#include "rl/environments/satiation.hpp"

#include "rl/choice.hpp"
#include "rl/environments/satiation_optimum.hpp"
#include "rl/session.hpp"

namespace infodiet::rl {

namespace {

constexpr std::array<std::array<Topic, 1>, Satiation::topic_count> satiation_topics{{{0}, {1}, {2}, {3}}};

bool is_low(std::size_t item) {
  return item % 2 == 1;
}

}  // namespace

std::span<const recsys::Setting<SatiationOptions>> Satiation::settings() {
  using O = SatiationOptions;
  static constexpr std::array table{
      recsys::setting<&O::taste_1>("taste_1", -10, 10, "how much topic 1 is liked"),
      recsys::setting<&O::taste_2>("taste_2", -10, 10, "how much topic 2 is liked"),
      recsys::setting<&O::taste_3>("taste_3", -10, 10, "how much topic 3 is liked"),
      recsys::setting<&O::taste_4>("taste_4", -10, 10, "how much topic 4 is liked"),
      recsys::setting<&O::lure>("lure", -10, 10, "additional utility of low quality"),
      recsys::setting<&O::boredom>("boredom", -10, 10, "utility lost for each remembered item of the same topic"),
      recsys::setting<&O::regret>("regret", -10, 10, "utility of not clicking for each remembered item of low quality"),
      recsys::setting<&O::slate>("slate", 1, Satiation::items, "items shown at each step"),
      recsys::setting<&O::window>("window", 0, Satiation::longest_window, "outcomes remembered"),
      recsys::setting<&O::steps>("steps", 1, 1000, "steps of a session"),
  };
  return table;
}

Satiation::Satiation(const SatiationOptions& options)
    : options_(recsys::checked(id, settings(), options)),
      tastes_{options.taste_1, options.taste_2, options.taste_3, options.taste_4} {
  for (std::size_t i = 0; i < options.window; ++i) states_ *= base;
}

std::unique_ptr<SessionBatch> Satiation::open_sessions() const {
  return std::make_unique<Sessions<Satiation>>(*this);
}

std::shared_ptr<const Optimum> Satiation::solve() const {
  return std::make_shared<const Optimum>(solve_satiation(*this));
}

Satiation::State Satiation::reset(engine::RandomStream&) const {
  return {};
}

Satiation::Utilities Satiation::utilities(State state) const {
  Utilities utilities{.item = {}, .nothing = 0};
  for (std::size_t item = 0; item < items; ++item) {
    utilities.item[item] = tastes_[item / 2] + (is_low(item) ? options_.lure : 0);
  }
  for (std::uint32_t digits = state.memory; digits > 0; digits /= base) {
    if (digits % base == 0) continue;
    const std::size_t remembered = digits % base - 1;
    const std::size_t topic = remembered / 2;
    utilities.item[2 * topic] -= options_.boredom;
    utilities.item[2 * topic + 1] -= options_.boredom;
    if (is_low(remembered)) utilities.nothing += options_.regret;
  }
  return utilities;
}

Outcome Satiation::step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const {
  const Utilities worth = utilities(state);
  std::array<double, items> shown;
  for (std::size_t rank = 0; rank < slate.size(); ++rank) shown[rank] = worth.item[slate[rank]];
  const LogitChoice choice({shown.data(), slate.size()}, worth.nothing);
  const Position chosen = choice.draw(stream);
  const double click = chosen == Event::nothing ? 0 : 1;
  state = after(state, chosen == Event::nothing ? 0 : slate[chosen] + 1);
  return {.reward = click,
          .expected_reward = 1 - choice.probability_of_nothing(),
          .event = {.chosen = chosen, .engagement = click}};
}

Candidate Satiation::candidate(const State& state, Position position) const {
  return {.item = position,
          .score = utilities(state).item[position],
          .quality = is_low(position) ? -1.0 : 1.0,
          .topics = satiation_topics[position / 2]};
}

}  // namespace infodiet::rl
