// The information-diet label of a real person: the figures of what they consumed lately, graded against everybody, and
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
/// What a figure is of: the mix of topics, each item by itself, or the course of time.
enum class About { topics, items, time };

/// A line of the label.
struct LabelMetric {
  const char* key;      ///< in JSON
  const char* title;    ///< on the label
  const char* meaning;  ///< for somebody who has never heard of it
  const char* praise;   ///< what is good where the figure is: the subject of a sentence
  Better better;
  About about;
  std::optional<double> (*value)(const Diet& diet);
};
std::span<const LabelMetric> label_metrics();

/// The diet of the latest items of a history, in stretches of the world's length; interest is that of the whole
/// history, and what is available is the catalogue where that is asked for.
enum class Available : bool { left_out, catalogue };
Diet diet_of_history(const DataWorld& world, const recsys::History& history, Available available = Available::left_out);

/// People's figures.
struct Population {
  /// Somebody's figure, and the items in their whole history.
  struct Measured {
    std::size_t history;
    double value;
  };

  std::vector<std::vector<double>> values;          ///< of each label metric, ascending, of those who have it
  std::vector<std::vector<Measured>> by_history{};  ///< the same people, those with the shortest histories first

  /// Share of people, in [0, 1], that `value` is better than; those as good count half.
  double better_than(std::size_t metric, double value) const;
  double quantile(std::size_t metric, double share) const;
  /// For each metric those whose histories are about as long, a tenth of all and at least 50: whoever consumes more is
  /// further off the beaten track, say, for no merit of theirs.
  Population peers_of(std::size_t history) const;
};
Population population_of(const DataWorld& world, engine::ThreadPool& pool);

/// People with the same figure that a grade needs.
inline constexpr std::size_t fewest_people = 5;
/// 'A' for the best fifth to 'E' for the last, or null where fewer people have the metric.
std::optional<char> grade(const Population& population, std::size_t metric, double value);

}  // namespace infodiet::rl
