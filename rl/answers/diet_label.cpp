#include "rl/answers/diet_label.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "rl/diet/distribution.hpp"
#include "rl/diet/items.hpp"

namespace infodiet::rl {

namespace {

constexpr std::size_t fewest_people = 5;

constexpr std::array metrics{
    LabelMetric{"effective_topics", "variety", "how many topics, evenly mixed, would be as varied", Better::more,
                [](const Diet& diet) { return diet.consumed.effective_topics; }},
    LabelMetric{"majority_share", "largest topic", "share of the one topic there is most of", Better::less,
                [](const Diet& diet) { return diet.consumed.majority_share; }},
    LabelMetric{"coverage", "coverage", "share of all topics that occur at all", Better::more,
                [](const Diet& diet) { return diet.consumed.coverage; }},
    LabelMetric{"intra_list_diversity", "contrast", "how little two items of it have in common, from 0 to 1",
                Better::more, [](const Diet& diet) { return diet.consumed.intra_list_diversity; }},
    LabelMetric{"nutrition", "nutrition", "mean quality of the items, from -1 to 1", Better::more,
                [](const Diet& diet) { return diet.consumed.nutrition; }},
    LabelMetric{"sugar", "sugar", "mean clickbait of the items, from 0 to 1", Better::less,
                [](const Diet& diet) { return diet.consumed.sugar; }},
    LabelMetric{"novelty", "novelty", "how far off the beaten track, in bits: 1 more is half as popular", Better::more,
                [](const Diet& diet) { return diet.consumed.novelty; }},
    LabelMetric{"bubble_index", "narrowing", "how fast the mix narrows over time; below 0 it widens", Better::less,
                [](const Diet& diet) { return diet.bubble_index; }},
};

std::size_t place_of(const char* key) {
  const auto at = std::find_if(metrics.begin(), metrics.end(),
                               [&](const LabelMetric& metric) { return std::string_view(metric.key) == key; });
  return static_cast<std::size_t>(at - metrics.begin());
}

/// The topic that is available most beyond its share of the diet.
std::size_t most_neglected(const DataWorld& world, const Diet& diet) {
  const std::vector<double> offered = topic_shares(world.catalogue.items(), world.topics.size()).value();
  std::vector<double> gap(offered);
  for (std::size_t g = 0; g < gap.size(); ++g) gap[g] -= (*diet.consumed.shares)[g];
  return static_cast<std::size_t>(std::max_element(gap.begin(), gap.end()) - gap.begin());
}

std::string variety_advice(const DataWorld& world, const Diet& diet) {
  const std::vector<double>& shares = *diet.consumed.shares;
  const auto largest = static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
  const std::size_t neglected = most_neglected(world, diet);
  std::vector<double> mixed(shares);
  for (double& share : mixed) share *= 0.8;
  mixed[neglected] += 0.2;
  return fmt::format(
      "{:.0f} % of it is {}: with one item in five from {} instead, of which it has {:.0f} % now, variety would go "
      "from "
      "{:.1f} to {:.1f} topics.",
      100 * shares[largest], world.topics[largest], world.topics[neglected], 100 * shares[neglected],
      *diet.consumed.effective_topics, effective_topics(mixed));
}

std::string weakness(const DataWorld& world, const Diet& diet, const Population& population, std::size_t metric) {
  const double value = *metrics[metric].value(diet);
  const double median = population.quantile(metric, 0.5);
  const std::string_view key = metrics[metric].key;
  if (key == "nutrition") {
    return fmt::format(
        "The items' mean quality is {:.2f} and half of all people are above {:.2f}: choosing by quality between two "
        "items of the same topic costs no variety.",
        value, median);
  }
  if (key == "sugar") {
    return fmt::format(
        "Clickbait is {:.0f} % of it against {:.0f} % for the person in the middle: about {:.0f} of {} items fewer of "
        "that kind would make it the same.",
        100 * value, 100 * median, static_cast<double>(diet.consumed.items) * (value - median), diet.consumed.items);
  }
  if (key == "novelty") {
    return fmt::format(
        "It keeps to what most people take in ({:.1f} bits against {:.1f} for the person in the middle): "
        "the less popular half of a list is where to look for something else.",
        value, median);
  }
  if (key == "bubble_index" && value > 0) {
    return fmt::format(
        "Five items by five, the mix of topics narrows by {:.1f} % of all topics each time: {} is where "
        "there is most that it leaves out.",
        100 * value, world.topics[most_neglected(world, diet)]);
  }
  return variety_advice(world, diet);
}

}  // namespace

std::span<const LabelMetric> label_metrics() {
  return metrics;
}

Diet diet_of_history(const DataWorld& world, const recsys::History& history, Available available) {
  const recsys::History latest = history.last(std::min(history.size(), label_items));
  std::vector<Candidate> everything;
  for (const recsys::ItemIndex item : history.items) everything.push_back(world.catalogue[item]);
  const std::vector<double> interest = topic_shares(everything, world.topics.size()).value_or(std::vector<double>());
  const std::vector<Event> events(latest.size(), Event{.chosen = 0, .engagement = 0});

  // A history is a session in which every slate held one item, which was chosen.
  Observation session;
  session.step = session.steps = latest.size();
  session.slate_size = 1;
  session.topics = world.topics.size();
  session.events = events;
  session.shown = std::span(everything).last(latest.size());
  session.interest = interest;
  if (available == Available::catalogue) {
    session.candidates.assign(world.catalogue.items().begin(), world.catalogue.items().end());
  }
  Diet diet = diet_of(session);
  diet.shown = {};  // nobody knows what else they were shown
  diet.shown_calibration = {};
  if (latest.size() == history.size()) diet.consumed_calibration = {};  // the interest is made of the same items
  return diet;
}

double Population::better_than(std::size_t metric, double value) const {
  const std::vector<double>& all = values[metric];
  const auto [low, high] = std::equal_range(all.begin(), all.end(), value);
  const double below = static_cast<double>(low - all.begin()) + 0.5 * static_cast<double>(high - low);
  const double share = below / static_cast<double>(all.size());
  return metrics[metric].better == Better::more ? share : 1 - share;
}

double Population::quantile(std::size_t metric, double share) const {
  const std::vector<double>& all = values[metric];
  return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1) + 0.5)];
}

Population population_of(const DataWorld& world, engine::ThreadPool& pool) {
  std::vector<std::array<std::optional<double>, metrics.size()>> everybody(world.data.users());
  constexpr std::size_t part = 32;
  pool.run((everybody.size() + part - 1) / part, [&](std::size_t task, std::size_t) {
    for (std::size_t user = task * part; user < std::min(everybody.size(), (task + 1) * part); ++user) {
      if (world.data.history(user).size() == 0) continue;
      const Diet diet = diet_of_history(world, world.data.history(user));
      for (std::size_t m = 0; m < metrics.size(); ++m) everybody[user][m] = metrics[m].value(diet);
    }
  });
  Population population{.values = std::vector<std::vector<double>>(metrics.size())};
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    for (const auto& person : everybody) {
      if (person[m]) population.values[m].push_back(*person[m]);
    }
    std::sort(population.values[m].begin(), population.values[m].end());
  }
  return population;
}

std::optional<char> grade(const Population& population, std::size_t metric, double value) {
  if (population.values[metric].size() < fewest_people) return std::nullopt;
  constexpr std::string_view grades = "EDCBA";
  const auto fifth = static_cast<std::size_t>(5 * population.better_than(metric, value));
  return grades[std::min(fifth, grades.size() - 1)];
}

std::vector<std::string> advice(const DataWorld& world, const Diet& diet, const Population& population) {
  std::vector<std::size_t> graded;
  std::vector<double> standing(metrics.size());
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    const std::optional<double> value = metrics[m].value(diet);
    if (!value || !grade(population, m, *value)) continue;
    standing[m] = population.better_than(m, *value);
    graded.push_back(m);
  }
  if (graded.empty()) {
    return {
        "Too little is known of these items to say more: topics, quality and clickbait come with 'infodiet import'.",
        fmt::format("Grades need {} people or more with the same figures.", fewest_people)};
  }
  const auto by_standing = [&](std::size_t a, std::size_t b) { return standing[a] < standing[b]; };
  const std::size_t weakest = *std::min_element(graded.begin(), graded.end(), by_standing);
  const std::size_t strongest = *std::max_element(graded.begin(), graded.end(), by_standing);
  std::vector<std::string> sentences{weakness(world, diet, population, weakest)};
  if (weakest != place_of("nutrition") && standing[strongest] <= 0.5 && diet.consumed.shares) {
    sentences.push_back(variety_advice(world, diet));
  } else {
    sentences.push_back(fmt::format("Its {} is worth keeping: better than {:.0f} % of people's.",
                                    metrics[strongest].title, 100 * standing[strongest]));
  }
  return sentences;
}

}  // namespace infodiet::rl
