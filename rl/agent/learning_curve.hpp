// Summary figures of a learning curve, relative to the optimum.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "rl/environments/optimum.hpp"

namespace infodiet::rl {

/// How fast an agent learned.
struct CurveSummary {
  /// Updates until the mean return of the latest ten (fewer at the start) first reached 95 percent of the optimum
  /// (percent_of_optimum); null if it never did.
  std::optional<std::size_t> updates_to_95{};
  /// Area between curve and optimum, in updates: the sum over updates of 1 - percent_of_optimum / 100. An agent at the
  /// optimum from the start has 0, a random one 1 per update.
  double area = 0;
};
/// Summarises a curve of mean returns, one per update. Null if the optimum is no better than random.
std::optional<CurveSummary> summarise_curve(std::span<const double> curve, const Optimum& optimum);

}  // namespace infodiet::rl
