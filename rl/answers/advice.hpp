// Advice on a diet label, in sentences. A change is proposed only if trying it on the diet improved the figure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rl/answers/diet_label.hpp"

namespace infodiet::rl {

/// One piece of advice.
struct Advice {
  std::size_t metric;             ///< index into label_metrics()
  std::optional<double> after{};  ///< the figure after the proposed change, if there is one
  std::string text;
};

/// At most two: the weakest figure in which the diet is worse than most `peers`', with a change, and one to keep,
/// better than three in five. Ignores figures that the diet lacks.
std::vector<Advice> advise(const DataWorld& world, const recsys::History& history, const Diet& diet,
                           const Population& peers);

}  // namespace infodiet::rl
