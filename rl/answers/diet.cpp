#include "rl/answers/diet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "recsys/errors.hpp"
#include "rl/answers/advice.hpp"
#include "rl/answers/recommend.hpp"
#include "rl/diet/people.hpp"
#include "rl/diet/rarefied.hpp"

namespace infodiet::rl {

namespace {

LabelLine line_of(const Population& population, std::size_t metric, const Diet& diet) {
  const LabelMetric& figure = label_metrics()[metric];
  LabelLine line{.metric = &figure, .value = figure.value(diet)};
  if (!line.value) return line;
  line.grade = grade(population, metric, *line.value);
  if (line.grade) line.better_than = population.better_than(metric, *line.value);
  if (!population.values[metric].empty()) line.middle = population.quantile(metric, 0.5);
  return line;
}

LabelSpread spread_of(const Population& population, std::size_t metric) {
  const std::vector<double>& all = population.values[metric];
  LabelSpread spread{.metric = &label_metrics()[metric], .people = all.size()};
  if (all.empty()) return spread;
  spread.mean = std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
  spread.lowest_tenth = population.quantile(metric, 0.1);
  spread.median = population.quantile(metric, 0.5);
  spread.highest_tenth = population.quantile(metric, 0.9);
  return spread;
}

std::optional<EqualDraws> equal_draws(const DataWorld& world, std::span<const recsys::ItemIndex> taken,
                                      std::span<const Candidate> shown) {
  std::vector<Candidate> consumed;
  for (const recsys::ItemIndex item : taken) consumed.push_back(world.catalogue[item]);
  std::array counts{std::vector<std::uint32_t>(world.topics.size()), topic_counts(consumed, world.topics.size()),
                    topic_counts(shown, world.topics.size())};
  // One by one: a large catalogue must not be in memory as candidates.
  for (std::size_t item = 0; item < world.catalogue.size(); ++item) {
    for (const Topic topic : world.catalogue[static_cast<recsys::ItemIndex>(item)].topics) ++counts[0][topic];
  }
  constexpr std::size_t most_draws = 10;
  std::size_t draws = most_draws;
  for (const std::vector<std::uint32_t>& pool : counts) {
    draws = std::min(draws, std::accumulate(pool.begin(), pool.end(), std::size_t{0}));
  }
  if (draws == 0) return std::nullopt;
  const auto variety = [&](std::size_t p) { return rarefied_effective_topics(counts[p], draws); };
  return EqualDraws{.draws = draws, .available = variety(0), .consumed = variety(1), .shown = variety(2)};
}

}  // namespace

DietLabel diet_label(const View& view, engine::ThreadPool& pool, const Profile& profile) {
  if (profile.items.empty()) {
    throw recsys::DataError(fmt::format("user '{}' has no history yet, so there is no diet to show", profile.key));
  }
  const DataWorld& world = view.world();
  DietLabel label{.consumed = profile.items.size(),
                  .diet = diet_of_history(world, profile.history(), Available::catalogue),
                  .shown = {},
                  .shown_calibration = {},
                  .recommender = {},
                  .lines = {},
                  .advice = {},
                  .peers = view.population(pool).peers_of(profile.items.size())};
  const Recommendation now = recommend(view, pool, profile, {.reasons = false});
  std::vector<Candidate> shown;
  for (const Pick& pick : now.picks) shown.push_back(world.catalogue[pick.scored.item]);
  label.shown = plate_of(shown, world.topics.size(), ListWeights::by_rank);
  label.shown_calibration = calibration_of(label.diet.interest, label.shown);
  label.recommender = now.model;
  for (std::size_t m = 0; m < label_metrics().size(); ++m) label.lines.push_back(line_of(label.peers, m, label.diet));
  for (Advice& advice : advise(world, profile.history(), label.diet, label.peers)) {
    label.advice.push_back(std::move(advice.text));
  }
  const recsys::History latest = profile.history().last(std::min(label_items, profile.items.size()));
  label.variety = equal_draws(world, latest.items, shown);
  return label;
}

std::string DietLabel::what_is_missing() const {
  const bool known =
      std::any_of(lines.begin(), lines.end(), [](const LabelLine& line) { return line.value.has_value(); });
  if (known) return fmt::format("Grades need at least {} people with the same figures.", fewest_people);
  return "Too little is known of these items to say more: import topics, quality and clickbait with 'infodiet import'.";
}

DietSpread diet_spread(const View& view, engine::ThreadPool& pool) {
  const DataWorld& world = view.world();
  const Population& population = view.population(pool);
  DietSpread spread{.users = world.data.users(), .lines = {}};
  for (std::size_t m = 0; m < label_metrics().size(); ++m) spread.lines.push_back(spread_of(population, m));
  std::vector<std::vector<double>> shares;
  for (std::size_t user = 0; user < world.data.users() && shares.size() < most_people_compared; ++user) {
    if (world.data.history(user).size() == 0) continue;
    const Diet diet = diet_of_history(world, world.data.history(user));
    if (diet.consumed.shares) shares.push_back(*diet.consumed.shares);
  }
  spread.fragmentation = fragmentation(shares);
  spread.people_compared = shares.size();
  return spread;
}

}  // namespace infodiet::rl
