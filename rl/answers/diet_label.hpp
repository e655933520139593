// The information-diet label of a real person: the figures of what they took in lately, graded against everybody, and
// what to make of them. Formulas are in rl/diet.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "rl/diet/diet.hpp"
#include "rl/environments/data_world.hpp"

namespace infodiet::rl {

/// Items, the latest ones, that a label is about.
inline constexpr std::size_t label_items = 100;

enum class Better { more, less };

/// A line of the label.
struct LabelMetric {
  const char* key;      ///< in JSON
  const char* title;    ///< on the label
  const char* meaning;  ///< for somebody who has never heard of it
  Better better;
  std::optional<double> (*value)(const Diet& diet);
};
std::span<const LabelMetric> label_metrics();

/// The diet of the latest items of a history; interest is that of the whole history, and what is available is the
/// catalogue where that is asked for.
enum class Available : bool { left_out, catalogue };
Diet diet_of_history(const DataWorld& world, const recsys::History& history, Available available = Available::left_out);

/// Everybody's figures.
struct Population {
  std::vector<std::vector<double>> values;  ///< of each label metric, ascending, of those who have it

  /// Share of people, in [0, 1], that `value` is better than; those as good count half.
  double better_than(std::size_t metric, double value) const;
  double quantile(std::size_t metric, double share) const;
};
Population population_of(const DataWorld& world, engine::ThreadPool& pool);

/// 'A' for the best fifth to 'E' for the last, or null where fewer than 5 people have the metric.
std::optional<char> grade(const Population& population, std::size_t metric, double value);

/// Two sentences, the first on what is weakest against others, the second on what is strongest or on what to try.
std::vector<std::string> advice(const DataWorld& world, const Diet& diet, const Population& population);

}  // namespace infodiet::rl
