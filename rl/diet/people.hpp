// Diet formulas between people and over time.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace infodiet::rl {

/// Fragmentation: mean over the pairs of people of root_jensen_shannon between their topic shares (RADio's
/// fragmentation, over topics). 0: everyone consumes the same. Null for fewer than two people. Takes quadratic time:
/// pass a sample of a large population. Throws ShapeError if they differ in topics.
std::optional<double> fragmentation(std::span<const std::vector<double>> shares_of_people);

/// Most people that are compared in pairs; of more, a sample.
inline constexpr std::size_t most_people_compared = 200;

/// Fewest windows for a bubble index; a slope through fewer is noise.
inline constexpr std::size_t fewest_bubble_windows = 4;

/// A slope and its error.
struct BubbleIndex {
  double slope;
  double error;  ///< standard error of the slope, from the residuals (windows - 2 degrees of freedom)
};

/// Bubble index: slope over time of the narrowness 1 - exp(H) / N, N topics, by least squares over the windows in
/// order; per window. Positive if the diet narrows. Null for fewer than fewest_bubble_windows. Throws ShapeError if
/// they differ in topics.
std::optional<BubbleIndex> bubble_index(std::span<const std::vector<double>> shares_of_windows);

}  // namespace infodiet::rl
