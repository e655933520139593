#include "recsys/attention/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/random.hpp"
#include "recsys/evaluation/metrics.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::size_t fold = 3;
// Of the streams that shuffle: see the others' last argument.
constexpr std::uint32_t stream_of_search = 5;

std::string draw(const SearchRange& range, engine::RandomStream& stream) {
  if (!range.choices.empty()) {
    return fmt::format("{}={}", range.name, range.choices[stream.below(range.choices.size())]);
  }
  const double share = stream.uniform();
  const double value = range.logarithmic ? range.low * std::pow(range.high / range.low, share)
                                         : range.low + (range.high - range.low) * share;
  return fmt::format("{}={:.3g}", range.name, value);
}

bool is_fixed(std::string_view name, std::span<const std::string> fixed) {
  const std::vector<SettingInfo> known = known_training_settings();
  return std::any_of(fixed.begin(), fixed.end(), [&](const std::string& assignment) {
    return known[read_assignment("--set", known, assignment).first].name == name;
  });
}

}  // namespace

std::vector<std::vector<std::string>> draw_settings(std::size_t trials, std::span<const std::string> fixed,
                                                    std::uint64_t seed) {
  std::vector<std::vector<std::string>> draws(trials);
  for (std::size_t trial = 1; trial < trials; ++trial) {
    engine::RandomStream stream(seed, engine::Purpose::shuffle, static_cast<std::uint32_t>(trial), stream_of_search);
    for (const SearchRange& range : search_ranges()) {
      // Drawn anyway, so that the others are the same whether it is fixed or not.
      std::string drawn = draw(range, stream);
      if (!is_fixed(range.name, fixed)) draws[trial].push_back(std::move(drawn));
    }
  }
  return draws;
}

std::vector<std::size_t> epochs_of_rungs(std::size_t trials, std::size_t most) {
  std::vector<std::size_t> epochs{most};
  while (trials > 1 && epochs.back() / fold > 0) {
    epochs.push_back(epochs.back() / fold);
    trials = surviving(trials);
  }
  std::reverse(epochs.begin(), epochs.end());
  return epochs;
}

std::size_t surviving(std::size_t trials) {
  return (trials + fold - 1) / fold;
}

double best_figure(std::span<const double> course, std::size_t epochs) {
  const auto first = course.first(std::min(course.size(), epochs));
  return first.empty() ? 0 : *std::max_element(first.begin(), first.end());
}

std::vector<std::size_t> best_of(std::span<const double> figures, std::size_t count) {
  std::vector<std::size_t> order(figures.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return figures[a] > figures[b]; });
  order.resize(std::min(count, order.size()));
  return order;
}

Spread spread_of(std::span<const double> figures) {
  Spread spread{.trials = figures.size(), .mean = mean(figures)};
  spread.maximum = *std::max_element(figures.begin(), figures.end());
  if (figures.size() < 2) return spread;
  double squares = 0;
  for (const double figure : figures) squares += (figure - spread.mean) * (figure - spread.mean);
  spread.deviation = std::sqrt(squares / static_cast<double>(figures.size() - 1));
  return spread;
}

}  // namespace infodiet::recsys
