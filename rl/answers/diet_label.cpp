#include "rl/answers/diet_label.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "rl/diet/items.hpp"

namespace infodiet::rl {

namespace {

constexpr std::array metric_table{
    LabelMetric{"effective_topics", "variety", "how many topics, evenly mixed, would be as varied", "Its variety",
                Better::more, About::topics, [](const Diet& diet) { return diet.stretches.effective_topics; }},
    LabelMetric{"majority_share", "largest topic", "share of the largest topic", "How little of it is of one topic",
                Better::less, About::topics, [](const Diet& diet) { return diet.stretches.majority_share; }},
    LabelMetric{"coverage", "coverage", "share of all topics that occur", "How many topics it touches", Better::more,
                About::topics, [](const Diet& diet) { return diet.stretches.coverage; }},
    LabelMetric{"intra_list_diversity", "contrast", "how little two of its items have in common, from 0 to 1",
                "Its contrast", Better::more, About::topics,
                [](const Diet& diet) { return diet.stretches.intra_list_diversity; }},
    LabelMetric{"nutrition", "nutrition", "mean quality of the items, from -1 to 1", "Its nutrition", Better::more,
                About::items, [](const Diet& diet) { return diet.consumed.nutrition; }},
    LabelMetric{"sugar", "sugar", "mean clickbait of the items, from 0 to 1", "How little clickbait it has",
                Better::less, About::items, [](const Diet& diet) { return diet.consumed.sugar; }},
    LabelMetric{"novelty", "novelty", "how unusual the items are, in bits: 1 more is half as popular", "Its novelty",
                Better::more, About::items, [](const Diet& diet) { return diet.consumed.novelty; }},
    LabelMetric{"bubble_index", "narrowing", "how fast the mix narrows over time; below 0 it widens",
                "That it does not narrow", Better::less, About::time,
                [](const Diet& diet) { return diet.bubble_index; }},
};

}  // namespace

std::span<const LabelMetric> label_metrics() {
  return metric_table;
}

Diet diet_of_history(const DataWorld& world, const recsys::History& history, Available available) {
  const recsys::History latest = history.last(std::min(history.size(), label_items));
  std::vector<Candidate> everything;
  for (const recsys::ItemIndex item : history.items) everything.push_back(world.catalogue[item]);
  const std::vector<double> interest = topic_shares(everything, world.topics.size()).value_or(std::vector<double>());
  const std::vector<Event> events(latest.size(), Event{.chosen = 0, .engagement = 0});

  // A history as a session: every slate holds one item, which was chosen.
  Observation session;
  session.step = session.steps = latest.size();
  session.slate_size = 1;
  session.topics = world.topics.size();
  session.events = events;
  session.shown = std::span(everything).last(latest.size());
  session.interest = interest;
  if (available == Available::catalogue) session.candidates = world.catalogue.all();
  Diet diet = diet_of(session);
  diet.stretches = stretches_of(session.shown, world.topics.size(), world.stretch);
  diet.shown = {};  // what else they were shown is unknown
  diet.shown_calibration = {};
  if (latest.size() == history.size()) diet.consumed_calibration = {};  // the interest comes from the same items
  return diet;
}

double Population::better_than(std::size_t metric, double value) const {
  const std::vector<double>& all = values[metric];
  const auto [low, high] = std::equal_range(all.begin(), all.end(), value);
  const double below = static_cast<double>(low - all.begin()) + 0.5 * static_cast<double>(high - low);
  const double share = below / static_cast<double>(all.size());
  return metric_table[metric].better == Better::more ? share : 1 - share;
}

double Population::quantile(std::size_t metric, double share) const {
  const std::vector<double>& all = values[metric];
  return all[static_cast<std::size_t>(std::lround(share * static_cast<double>(all.size() - 1)))];
}

Population Population::peers_of(std::size_t history) const {
  constexpr std::size_t fewest_peers = 50;
  constexpr std::size_t people_a_peer = 10;
  const auto shorter = [](const Measured& person, std::size_t length) { return person.history < length; };
  const auto longer = [](std::size_t length, const Measured& person) { return length < person.history; };
  Population peers{.values = std::vector<std::vector<double>>(values.size())};
  for (std::size_t m = 0; m < values.size(); ++m) {
    const std::vector<Measured>& all = by_history[m];
    const std::size_t half = std::max(fewest_peers, all.size() / people_a_peer) / 2;
    const auto first = std::lower_bound(all.begin(), all.end(), history, shorter) - all.begin();
    const auto last = std::upper_bound(all.begin(), all.end(), history, longer) - all.begin();
    const auto middle = static_cast<std::size_t>(first + last) / 2;
    const std::size_t begin = std::min(static_cast<std::size_t>(first), middle - std::min(middle, half));
    const std::size_t end = std::max(static_cast<std::size_t>(last), std::min(all.size(), middle + half));
    for (std::size_t i = begin; i < end; ++i) peers.values[m].push_back(all[i].value);
    std::sort(peers.values[m].begin(), peers.values[m].end());
  }
  return peers;
}

Population population_of(const DataWorld& world, engine::ThreadPool& pool) {
  std::vector<std::array<std::optional<double>, metric_table.size()>> everybody(world.data.users());
  constexpr std::size_t part = 32;
  pool.run((everybody.size() + part - 1) / part, [&](std::size_t task, std::size_t) {
    for (std::size_t user = task * part; user < std::min(everybody.size(), (task + 1) * part); ++user) {
      if (world.data.history(user).size() == 0) continue;
      const Diet diet = diet_of_history(world, world.data.history(user));
      for (std::size_t m = 0; m < metric_table.size(); ++m) everybody[user][m] = metric_table[m].value(diet);
    }
  });
  Population population{.values = std::vector<std::vector<double>>(metric_table.size()),
                        .by_history = std::vector<std::vector<Population::Measured>>(metric_table.size())};
  for (std::size_t m = 0; m < metric_table.size(); ++m) {
    std::vector<Population::Measured>& measured = population.by_history[m];
    for (std::size_t user = 0; user < everybody.size(); ++user) {
      if (everybody[user][m]) measured.push_back({world.data.history(user).size(), *everybody[user][m]});
    }
    std::stable_sort(measured.begin(), measured.end(),
                     [](const auto& a, const auto& b) { return a.history < b.history; });
    for (const Population::Measured& person : measured) population.values[m].push_back(person.value);
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

}  // namespace infodiet::rl
