// What to make of a diet label, in sentences. A change is only proposed where it was carried out on the diet and the
// figure came out better.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rl/answers/diet_label.hpp"

namespace infodiet::rl {

struct Advice {
  std::size_t metric;             ///< of label_metrics(), that it is about
  std::optional<double> after{};  ///< what the figure becomes, where a change is proposed
  std::string text;
};

/// At most two: what to change where the diet is weaker than most of `peers`, the weakest first, and what is worth
/// keeping where it is better than three in five. Nothing about figures that the items do not have.
std::vector<Advice> advise(const DataWorld& world, const recsys::History& history, const Diet& diet,
                           const Population& peers);

}  // namespace infodiet::rl
