#include "rl/environments/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "recsys/errors.hpp"
#include "rl/choice.hpp"
#include "rl/diet/distribution.hpp"
#include "rl/environments/catalogue_people.hpp"
#include "rl/session.hpp"

namespace infodiet::rl {

std::span<const recsys::Setting<CatalogueOptions>> CatalogueEnvironment::settings() {
  using O = CatalogueOptions;
  static constexpr std::array table{
      recsys::setting<&O::taste>("taste", 0, 100, "utility of a favourite topic"),
      recsys::setting<&O::lure>("lure", 0, 100, "utility of pure clickbait"),
      recsys::setting<&O::boredom>("boredom", 0, 100, "utility lost for each recent item of the same topic"),
      recsys::setting<&O::regret>("regret", 0, 100,
                                  "utility of choosing nothing for each recent item of the worst quality"),
      recsys::setting<&O::rest>("rest", -100, 100, "utility of choosing nothing"),
      recsys::setting<&O::fatigue>("fatigue", 0, 100,
                                   "utility of choosing nothing when twice the attention budget is spent"),
      recsys::setting<&O::attention>("attention", 0.01, 100, "attention budget, as a share of a session's steps"),
      recsys::setting<&O::taste_drift>("taste_drift", 0, 1,
                                       "fraction by which each item consumed moves the taste to its topics"),
      recsys::setting<&O::rank>("rank", 0, 10, "utility lost per log of the rank on the slate"),
      recsys::setting<&O::loyalty>("loyalty", -10, 10, "log-odds of returning in a week, with --weeks"),
      recsys::setting<&O::attachment>("attachment", -10, 10, "how much satisfaction adds to these log-odds"),
      recsys::setting<&O::candidates>("candidates", 1, 100000, "candidates at each step"),
      recsys::setting<&O::slate>("slate", 1, 1000, "items shown at each step"),
      recsys::setting<&O::steps>("steps", 1, 10000, "steps of a session"),
  };
  return table;
}

CatalogueEnvironment::CatalogueEnvironment(const Catalogue& catalogue, std::vector<Person> people,
                                           const RewardWeights& reward, const CatalogueOptions& options)
    : catalogue_(catalogue),
      people_(std::make_shared<const std::vector<Person>>(std::move(people))),
      reward_(recsys::checked("reward", RewardWeights::settings(), reward)),
      options_(recsys::checked(id, settings(), options)) {
  if (options.slate > options.candidates) {
    throw recsys::SettingError(
        fmt::format("catalogue: slates of {} from {} candidates: set slate to at most candidates", options.slate,
                    options.candidates));
  }
  if (catalogue.size() == 0) throw recsys::DataError("catalogue: there are no items: import or sample some first");
  if (catalogue.topics() == 0) {
    throw recsys::DataError("catalogue: no item has a topic, so tastes are unknown: import items with topics");
  }
  if (people_->empty())
    throw recsys::DataError("catalogue: there are no people to simulate: import interactions first");
  for (std::size_t i = 0; i < people_->size(); ++i) {
    const Person& person = (*people_)[i];
    if (person.interest.size() == catalogue.topics() && person.offers.size() >= offers_needed(options)) {
      continue;
    }
    throw recsys::DataError(
        fmt::format("catalogue: person {} has {} topics of interest and {} offers: expected {} and at least {} "
                    "(candidates plus steps)",
                    i, person.interest.size(), person.offers.size(), catalogue.topics(), offers_needed(options)));
  }
  for (const Person& person : *people_) {
    const std::vector<double>& taste = person.taste.empty() ? person.interest : person.taste;
    favourites_.push_back(*std::max_element(taste.begin(), taste.end()));
  }
  usual_attention_ = usual_attention(catalogue, options);
}

std::unique_ptr<SessionBatch> CatalogueEnvironment::open_sessions() const {
  return std::make_unique<Sessions<CatalogueEnvironment>>(*this);
}

CatalogueEnvironment::State CatalogueEnvironment::reset(engine::RandomStream& stream, std::uint32_t number) const {
  State state;
  const auto drawn = static_cast<std::uint32_t>(stream.below(people_->size()));
  state.person = in_turn_ ? static_cast<std::uint32_t>(number % people_->size()) : drawn;
  state.consumption = Consumption((0.5 + stream.uniform()) * usual_attention_);
  state.available.resize(options_.candidates);
  std::iota(state.available.begin(), state.available.end(), 0U);
  state.next_offer = static_cast<std::uint32_t>(options_.candidates);
  const std::span<const double> taste = taste_of(state);
  if (options_.taste_drift > 0) state.taste.assign(taste.begin(), taste.end());
  state.favourite = favourites_[state.person];
  return state;
}

std::span<const double> CatalogueEnvironment::taste_of(const State& state) const {
  if (!state.taste.empty()) return state.taste;
  const Person& person = of(state);
  return person.taste.empty() ? person.interest : person.taste;
}

void CatalogueEnvironment::move_taste(State& state, const Candidate& consumed) const {
  if (state.taste.empty() || consumed.topics.empty()) return;
  for (double& share : state.taste) share *= 1 - options_.taste_drift;
  for (const Topic topic : consumed.topics) {
    state.taste[topic] += options_.taste_drift / static_cast<double>(consumed.topics.size());
  }
  state.favourite = *std::max_element(state.taste.begin(), state.taste.end());
}

Candidate CatalogueEnvironment::candidate(const State& state, Position position) const {
  const recsys::ScoredItem& offer = of(state).offers[state.available[position]];
  Candidate item = catalogue_[offer.item];
  item.score = static_cast<double>(offer.score);
  return item;
}

double CatalogueEnvironment::utility(const State& state, const Candidate& item) const {
  const std::span<const double> taste = taste_of(state);
  double worth = item.clickbait ? options_.lure * *item.clickbait : 0;
  const double share = 1 / static_cast<double>(std::max<std::size_t>(item.topics.size(), 1));
  for (const Topic topic : item.topics) {
    worth +=
        share * (options_.taste * taste[topic] / state.favourite - options_.boredom * state.consumption.recent(topic));
  }
  return worth;
}

double CatalogueEnvironment::utility_of_nothing(const State& state) const {
  double worth = options_.rest;
  for (const Candidate& item : state.consumption.recent_items()) {
    if (item.quality) worth += options_.regret * std::max(0.0, -*item.quality);
  }
  const double overspent = state.consumption.spent() / *state.consumption.attention() - 1;
  return worth + options_.fatigue * std::max(0.0, overspent);
}

std::vector<double> CatalogueEnvironment::utilities(const State& state, std::span<const Candidate> slate) const {
  std::vector<double> utilities;
  for (std::size_t rank = 0; rank < slate.size(); ++rank) {
    utilities.push_back(utility(state, slate[rank]));
    if (options_.rank != 0) utilities.back() -= options_.rank * std::log(static_cast<double>(rank + 1));
  }
  return utilities;
}

double CatalogueEnvironment::satisfaction(const State& state, std::span<const Position> slate) const {
  std::vector<Candidate> shown;
  for (const Position position : slate) shown.push_back(candidate(state, position));
  return 1 - LogitChoice(utilities(state, shown), utility_of_nothing(state)).probability_of_nothing();
}

CatalogueEnvironment CatalogueEnvironment::in_turn() const {
  CatalogueEnvironment other = *this;
  other.in_turn_ = true;
  return other;
}

CatalogueEnvironment CatalogueEnvironment::with_reward(const RewardWeights& reward) const {
  CatalogueEnvironment other = *this;
  other.reward_ = recsys::checked("reward", RewardWeights::settings(), reward);
  return other;
}

Outcome CatalogueEnvironment::step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const {
  std::vector<Candidate> shown;
  for (const Position position : slate) shown.push_back(candidate(state, position));
  const LogitChoice choice(utilities(state, shown), utility_of_nothing(state));
  const Position chosen = choice.draw(stream);

  Outcome outcome;
  const double always = state.consumption.reward_of_shown(shown, reward_);
  outcome.reward = always;
  outcome.expected_reward = always;
  for (std::size_t rank = 0; rank < shown.size(); ++rank) {
    const double earned = state.consumption.reward(shown[rank], reward_);
    outcome.expected_reward += choice.probability(rank) * earned;
    if (rank == chosen) outcome.reward += earned;
  }
  if (chosen != Event::nothing) {
    outcome.event = {.chosen = chosen, .engagement = engagement_of(shown[chosen])};
    state.consumption.consume(shown[chosen]);
    move_taste(state, shown[chosen]);
    state.available.erase(state.available.begin() + static_cast<std::ptrdiff_t>(slate[chosen]));
    state.available.push_back(state.next_offer++);
  }
  if (!state.taste.empty()) outcome.taste_topics = effective_topics(state.taste);
  return outcome;
}

}  // namespace infodiet::rl
