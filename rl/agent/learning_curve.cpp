#include "rl/agent/learning_curve.hpp"

#include <algorithm>
#include <numeric>

namespace infodiet::rl {

namespace {

constexpr std::size_t smoothed_over = 10;
constexpr double nearly_there = 95;

}  // namespace

std::optional<CurveSummary> summarise_curve(std::span<const double> curve, const Optimum& optimum) {
  if (!percent_of_optimum(optimum.value, optimum)) return std::nullopt;
  CurveSummary summary;
  for (std::size_t update = 1; update <= curve.size(); ++update) {
    const auto latest = curve.first(update).last(std::min(update, smoothed_over));
    const double mean = std::accumulate(latest.begin(), latest.end(), 0.0) / static_cast<double>(latest.size());
    if (!summary.updates_to_95 && *percent_of_optimum(mean, optimum) >= nearly_there) summary.updates_to_95 = update;
    summary.area += 1 - *percent_of_optimum(curve[update - 1], optimum) / 100;
  }
  return summary;
}

}  // namespace infodiet::rl
