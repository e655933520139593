#include "rl/environments/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "recsys/errors.hpp"
#include "rl/choice.hpp"
#include "rl/errors.hpp"
#include "rl/session.hpp"

namespace infodiet::rl {

std::span<const Parameter<CatalogueOptions>> CatalogueEnvironment::parameters() {
  using O = CatalogueOptions;
  static constexpr std::array table{
      parameter<&O::taste>("taste", 0, 100, "worth of a favourite topic"),
      parameter<&O::lure>("lure", 0, 100, "worth of pure clickbait"),
      parameter<&O::boredom>("boredom", 0, 100, "worth lost for each recent item of the same topic"),
      parameter<&O::regret>("regret", 0, 100, "worth of doing nothing for each recent item of the worst quality"),
      parameter<&O::rest>("rest", -100, 100, "worth of doing nothing"),
      parameter<&O::fatigue>("fatigue", 0, 100, "worth of doing nothing when twice the attention is spent"),
      parameter<&O::attention>("attention", 0.01, 100, "share of a session's steps that people mean to consume in"),
      parameter<&O::candidates>("candidates", 1, 100000, "items on offer at each step"),
      parameter<&O::slate>("slate", 1, 1000, "items shown at each step"),
      parameter<&O::steps>("steps", 1, 10000, "steps of a session"),
  };
  return table;
}

CatalogueEnvironment::CatalogueEnvironment(const Catalogue& catalogue, std::vector<Person> people,
                                           const RewardWeights& reward, const CatalogueOptions& options)
    : catalogue_(catalogue),
      people_(std::move(people)),
      reward_(checked("reward", RewardWeights::parameters(), reward)),
      options_(checked(id, parameters(), options)) {
  if (options.slate > options.candidates) {
    throw SettingError(fmt::format("catalogue: slates of {} from {} candidates: set slate to at most candidates",
                                   options.slate, options.candidates));
  }
  if (catalogue.size() == 0) throw recsys::DataError("catalogue: there are no items: import or sample some first");
  if (catalogue.topics() == 0) {
    throw recsys::DataError("catalogue: no item has a topic, so tastes are unknown: import items with topics");
  }
  if (people_.empty()) throw recsys::DataError("catalogue: there is nobody to simulate: import interactions first");
  for (std::size_t i = 0; i < people_.size(); ++i) {
    if (people_[i].interest.size() == catalogue.topics() && people_[i].offers.size() >= offers_needed(options))
      continue;
    throw recsys::DataError(fmt::format(
        "catalogue: person {} has {} topics of interest and {} offers: expected {} and at least {} (candidates and "
        "steps together)",
        i, people_[i].interest.size(), people_[i].offers.size(), catalogue.topics(), offers_needed(options)));
  }
  for (const Person& person : people_) {
    favourites_.push_back(*std::max_element(person.interest.begin(), person.interest.end()));
  }
  double engagement = 0;
  for (const Candidate& item : catalogue.items()) engagement += engagement_of(item);
  usual_attention_ =
      options.attention * static_cast<double>(options.steps) * engagement / static_cast<double>(catalogue.size());
}

std::unique_ptr<SessionBatch> CatalogueEnvironment::open_sessions() const {
  return std::make_unique<Sessions<CatalogueEnvironment>>(*this);
}

CatalogueEnvironment::State CatalogueEnvironment::reset(engine::RandomStream& stream) const {
  State state;
  state.person = static_cast<std::uint32_t>(stream.below(people_.size()));
  state.consumption = Consumption((0.5 + stream.uniform()) * usual_attention_);
  state.available.resize(options_.candidates);
  std::iota(state.available.begin(), state.available.end(), 0U);
  state.next_offer = static_cast<std::uint32_t>(options_.candidates);
  return state;
}

Candidate CatalogueEnvironment::candidate(const State& state, Position position) const {
  const recsys::ScoredItem& offer = people_[state.person].offers[state.available[position]];
  Candidate item = catalogue_[offer.item];
  item.score = static_cast<double>(offer.score);
  return item;
}

double CatalogueEnvironment::utility(const State& state, const Candidate& item) const {
  const std::vector<double>& interest = people_[state.person].interest;
  const double favourite = favourites_[state.person];
  double worth = item.clickbait ? options_.lure * *item.clickbait : 0;
  const double share = 1 / static_cast<double>(std::max<std::size_t>(item.topics.size(), 1));
  for (const Topic topic : item.topics) {
    worth +=
        share * (options_.taste * interest[topic] / favourite - options_.boredom * state.consumption.recent(topic));
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

Outcome CatalogueEnvironment::step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const {
  std::vector<Candidate> shown;
  std::vector<double> utilities;
  for (const Position position : slate) {
    shown.push_back(candidate(state, position));
    utilities.push_back(utility(state, shown.back()));
  }
  const LogitChoice choice(utilities, utility_of_nothing(state));
  const Position chosen = choice.draw(stream);

  Outcome outcome;
  for (std::size_t place = 0; place < shown.size(); ++place) {
    const double earned = state.consumption.terms(shown[place]).weighted(reward_);
    outcome.expected_reward += choice.probability(place) * earned;
    if (place == chosen) outcome.reward = earned;
  }
  if (chosen != Event::nothing) {
    outcome.event = {.chosen = chosen, .engagement = engagement_of(shown[chosen])};
    state.consumption.consume(shown[chosen]);
    state.available.erase(state.available.begin() + static_cast<std::ptrdiff_t>(slate[chosen]));
    state.available.push_back(state.next_offer++);
  }
  return outcome;
}

}  // namespace infodiet::rl
