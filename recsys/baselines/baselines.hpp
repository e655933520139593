// All baselines by name, for the command line and evaluation tables. Excludes the attention model.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "recsys/data/repeats.hpp"
#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

/// Their names, in the order of tables.
inline constexpr std::array<std::string_view, 6> baseline_names = {
    "popularity", "recent_popularity", "markov", "item_knn", "ease", "own_items"};
/// Those that apply under a policy, in the order of tables; ease only if its square fits (ease.hpp).
std::vector<std::string_view> baselines_for(Repeats repeats, const Dataset& training);

/// Counts the named baseline from the training data (see training_part) with its default options, ease with those that
/// choose_ease_options finds. Takes well under a second for a million interactions; ease seconds, and for 16,000 items
/// minutes. Throws DataError naming the known ones for any other name.
std::unique_ptr<Recommender> make_baseline(std::string_view name, const Dataset& training);

}  // namespace infodiet::recsys
