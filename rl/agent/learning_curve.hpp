// What a course of learning amounts to, beside the optimum.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "rl/environments/optimum.hpp"

namespace infodiet::rl {

struct CurveSummary {
  /// Updates after which the mean return of the latest ten (fewer at the start) first was 95 % of the way from random
  /// to the optimum; null where it never was.
  std::optional<std::size_t> updates_to_95{};
  /// Area between curve and optimum, in updates: the sum over updates of what the way still lacked, as a share of it.
  /// An agent that is at the optimum from the start has 0, one that earns as much as chance has one an update.
  double area = 0;
};
/// Of a curve of mean returns, one an update. Null where there is no way from random to the optimum.
std::optional<CurveSummary> summarise_curve(std::span<const double> curve, const Optimum& optimum);

}  // namespace infodiet::rl
