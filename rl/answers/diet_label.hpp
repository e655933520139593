// The information-diet label of a real person: figures of what they consumed lately, graded against everybody. Formulas
// are in rl/diet.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "rl/diet/diet.hpp"
#include "rl/environments/data_world.hpp"

namespace infodiet::rl {

/// Number of latest items that a label covers.
inline constexpr std::size_t label_items = 100;

/// Which direction is better.
enum class Better { more, less };
/// What a figure describes: the mix of topics, the single items, or change over time.
enum class About { topics, items, time };

/// A line of the label.
struct LabelMetric {
  const char* key;      ///< in JSON
  const char* title;    ///< on the label
  const char* meaning;  ///< in plain words
  const char* praise;   ///< the subject of a sentence that praises the figure
  Better better;
  About about;
  std::optional<double> (*value)(const Diet& diet);
};
/// All lines, in order.
std::span<const LabelMetric> label_metrics();

/// Whether diet_of_history measures what is available.
enum class Available : bool { left_out, catalogue };
/// The diet of the latest label_items of a history, in stretches of the world's length. Interest is that of the
/// complete history; what is available is the catalogue, if asked for.
Diet diet_of_history(const DataWorld& world, const recsys::History& history, Available available = Available::left_out);

/// Everybody's figures.
struct Population {
  /// Somebody's figure, and the number of items in their history.
  struct Measured {
    std::size_t history;
    double value;
  };

  std::vector<std::vector<double>> values;          ///< for each label metric, ascending, of the people who have it
  std::vector<std::vector<Measured>> by_history{};  ///< the same people, those with the shortest histories first

  /// Share of people, in [0, 1], that `value` beats; ties count half.
  double better_than(std::size_t metric, double value) const;
  /// The value at a share of the ascending values.
  double quantile(std::size_t metric, double share) const;
  /// For each metric the people with histories of about the same length, a tenth of all and at least 50, since figures
  /// depend on length.
  Population peers_of(std::size_t history) const;
};
/// Everybody in `world`.
Population population_of(const DataWorld& world, engine::ThreadPool& pool);

/// Fewest people with a figure for a grade.
inline constexpr std::size_t fewest_people = 5;
/// 'A' for the best fifth to 'E' for the last, or null if fewer people have the metric.
std::optional<char> grade(const Population& population, std::size_t metric, double value);

}  // namespace infodiet::rl
