// All baselines by name, for the command line and evaluation tables. Excludes the attention model.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>

#include "recsys/data/repeats.hpp"
#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

/// Their names, in the order of tables.
inline constexpr std::array<std::string_view, 5> baseline_names = {"popularity", "recent_popularity", "markov",
                                                                   "item_knn", "own_items"};
/// Those that apply under a policy, in the order of tables.
inline std::span<const std::string_view> baselines_for(Repeats repeats) {
  return std::span(baseline_names).first(repeats == Repeats::allow ? 5 : 4);
}

/// Counts the named baseline, with its default options, from the training data (see training_part). Takes well under a
/// second for a million interactions. Throws DataError naming the known ones for any other name.
std::unique_ptr<Recommender> make_baseline(std::string_view name, const Dataset& training);

}  // namespace infodiet::recsys
