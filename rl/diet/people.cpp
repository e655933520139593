#include "rl/diet/people.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/errors.hpp"
#include "rl/diet/distribution.hpp"

namespace infodiet::rl {

std::optional<double> fragmentation(std::span<const std::vector<double>> shares_of_people) {
  const std::size_t people = shares_of_people.size();
  if (people < 2) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < people; ++i) {
    for (std::size_t j = 0; j < i; ++j) sum += root_jensen_shannon(shares_of_people[i], shares_of_people[j]);
  }
  return sum / (static_cast<double>(people) * static_cast<double>(people - 1) / 2);
}

std::optional<BubbleIndex> bubble_index(std::span<const std::vector<double>> shares_of_windows) {
  const std::size_t windows = shares_of_windows.size();
  if (windows < fewest_bubble_windows) return std::nullopt;
  const double middle = static_cast<double>(windows - 1) / 2;
  const std::size_t topics = shares_of_windows[0].size();
  std::vector<double> narrowness;
  double sum = 0;
  for (const std::vector<double>& shares : shares_of_windows) {
    if (shares.size() != topics) {
      throw ShapeError(
          fmt::format("bubble_index: windows of {} and {} topics: expected the same in each", topics, shares.size()));
    }
    narrowness.push_back(1 - effective_topics(shares) / static_cast<double>(topics));
    sum += narrowness.back();
  }
  const double mean = sum / static_cast<double>(windows);
  double products = 0;
  double squares = 0;
  for (std::size_t w = 0; w < windows; ++w) {
    const double time = static_cast<double>(w) - middle;
    products += time * narrowness[w];
    squares += time * time;
  }
  BubbleIndex index{.slope = products / squares, .error = 0};
  double left = 0;
  for (std::size_t w = 0; w < windows; ++w) {
    const double off = narrowness[w] - mean - index.slope * (static_cast<double>(w) - middle);
    left += off * off;
  }
  index.error = std::sqrt(left / static_cast<double>(windows - 2) / squares);
  return index;
}

}  // namespace infodiet::rl
