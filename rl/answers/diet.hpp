// The information diet of a person compared with everybody's, and the distribution of everybody's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "rl/answers/diet_label.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

/// A line of somebody's label.
struct LabelLine {
  const LabelMetric* metric;
  std::optional<double> value{};
  std::optional<char> grade{};  ///< nothing without a value, or with fewer than 5 people to compare with
  double better_than = 0;       ///< share of peers, if there is a grade
  double middle = 0;            ///< median of the peers, if there is a value
};

/// The variety of equally many draws from what is available, consumed and recommended, which compares pools of any size
/// (rarefied_effective_topics).
struct EqualDraws {
  std::size_t draws;
  double available;
  double consumed;
  double shown;
};

/// The label.
struct DietLabel {
  std::size_t consumed = 0;  ///< items of the complete history
  Diet diet;                 ///< of its latest items
  Plate shown;               ///< of what would be recommended now
  Calibration shown_calibration;
  std::string recommender;       ///< the model that recommends it
  std::vector<LabelLine> lines;  ///< one for each of label_metrics()
  std::vector<std::string> advice;
  Population peers;                     ///< with whom the grades compare
  std::optional<EqualDraws> variety{};  ///< null if one of the three has no topics

  /// Why there are no grades.
  std::string what_is_missing() const;
};

/// The label of a person. Throws DataError for an empty history.
DietLabel diet_label(const View& view, engine::ThreadPool& pool, const Profile& profile);

/// The distribution of a figure of the label over the people who have it.
struct LabelSpread {
  const LabelMetric* metric;
  std::size_t people = 0;  ///< if 0, the others mean nothing
  double mean = 0;
  double lowest_tenth = 0;
  double median = 0;
  double highest_tenth = 0;
};

/// The distribution of all figures.
struct DietSpread {
  std::size_t users = 0;
  std::vector<LabelSpread> lines{};       ///< one for each of label_metrics()
  std::optional<double> fragmentation{};  ///< rl/diet/people.hpp
  std::size_t people_compared = 0;        ///< for fragmentation: the first people with topics
};
/// That of everybody stored.
DietSpread diet_spread(const View& view, engine::ThreadPool& pool);

}  // namespace infodiet::rl
