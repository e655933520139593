// All baselines by name, for the command line and for evaluation tables. The attention model is not one.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

/// In the order of tables, from the simplest.
inline constexpr std::array<std::string_view, 4> baseline_names = {"popularity", "recent_popularity", "markov",
                                                                   "item_knn"};

/// Counts the named baseline, with its default options, from what it may learn from (see training_part). Takes well
/// under a second for a million interactions. Throws DataError naming the known ones for any other name.
std::unique_ptr<Recommender> make_baseline(std::string_view name, const Dataset& training);

}  // namespace infodiet::recsys
