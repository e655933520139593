#include "rl/diet/people.hpp"

#include <fmt/format.h>

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

std::optional<double> bubble_index(std::span<const std::vector<double>> shares_of_windows) {
  const std::size_t windows = shares_of_windows.size();
  if (windows < 2) return std::nullopt;
  const double middle = static_cast<double>(windows - 1) / 2;
  const std::size_t topics = shares_of_windows[0].size();
  double products = 0;
  double squares = 0;
  for (std::size_t w = 0; w < windows; ++w) {
    if (shares_of_windows[w].size() != topics) {
      throw ShapeError(fmt::format("bubble_index: windows of {} and {} topics: expected the same in each", topics,
                                   shares_of_windows[w].size()));
    }
    const double time = static_cast<double>(w) - middle;
    const double narrowness = 1 - effective_topics(shares_of_windows[w]) / static_cast<double>(topics);
    products += time * narrowness;
    squares += time * time;
  }
  return products / squares;
}

}  // namespace infodiet::rl
