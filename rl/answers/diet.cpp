#include "rl/answers/diet.hpp"

#include <fmt/format.h>

#include <numeric>

#include "recsys/errors.hpp"
#include "rl/answers/recommend.hpp"
#include "rl/diet/people.hpp"

namespace infodiet::rl {

namespace {

// Comparing every two takes the square of it.
constexpr std::size_t most_people_compared = 200;

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

}  // namespace

DietLabel diet_label(const View& view, engine::ThreadPool& pool, const Profile& profile) {
  if (profile.items.empty()) {
    throw recsys::DataError(
        fmt::format("user '{}' has taken in nothing yet, so there is no diet to show", profile.key));
  }
  const DataWorld& world = view.world();
  const Population& population = view.population(pool);
  DietLabel label{.taken_in = profile.items.size(),
                  .diet = diet_of_history(world, profile.history(), Available::catalogue),
                  .shown = {},
                  .shown_calibration = {},
                  .recommender = {},
                  .lines = {},
                  .advice = {}};
  const Recommendation now = recommend(view, pool, profile, {.reasons = false});
  std::vector<Candidate> shown;
  for (const Pick& pick : now.picks) shown.push_back(world.catalogue[pick.scored.item]);
  label.shown = plate_of(shown, world.topics.size());
  label.shown_calibration = calibration_of(label.diet.interest, label.shown);
  label.recommender = now.model;
  for (std::size_t m = 0; m < label_metrics().size(); ++m) label.lines.push_back(line_of(population, m, label.diet));
  label.advice = advice(world, label.diet, population);
  return label;
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
