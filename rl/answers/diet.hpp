// The information diet of a person beside everybody's, and how everybody's are spread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "rl/answers/diet_label.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

/// A figure of somebody's label.
struct LabelLine {
  const LabelMetric* metric;
  std::optional<double> value{};
  std::optional<char> grade{};  ///< nothing where there is no value or fewer than 5 people to compare with
  double better_than = 0;       ///< the share of peers, where there is a grade
  double middle = 0;            ///< of the peer in the middle, where there is a value
};

/// The variety of as many topics drawn from what is available, consumed and recommended, which compares pools of any
/// size (rarefied_effective_topics).
struct EqualDraws {
  std::size_t draws;
  double available;
  double consumed;
  double shown;
};

struct DietLabel {
  std::size_t consumed = 0;  ///< items in the whole history
  Diet diet;                 ///< of its latest items
  Plate shown;               ///< what would be recommended now
  Calibration shown_calibration;
  std::string recommender;       ///< that shows it
  std::vector<LabelLine> lines;  ///< one for each of label_metrics()
  std::vector<std::string> advice;
  Population peers;                     ///< whom the grades compare with
  std::optional<EqualDraws> variety{};  ///< null where one of the three has no topics

  /// Why nothing is graded.
  std::string what_is_missing() const;
};

/// Throws DataError for somebody who has consumed nothing.
DietLabel diet_label(const View& view, engine::ThreadPool& pool, const Profile& profile);

/// How a figure of the label is spread over those who have it.
struct LabelSpread {
  const LabelMetric* metric;
  std::size_t people = 0;  ///< without any, there are no other numbers
  double mean = 0;
  double lowest_tenth = 0;
  double median = 0;
  double highest_tenth = 0;
};

struct DietSpread {
  std::size_t users = 0;
  std::vector<LabelSpread> lines{};       ///< one for each of label_metrics()
  std::optional<double> fragmentation{};  ///< rl/diet/people.hpp
  std::size_t people_compared = 0;        ///< for it: the first of those with topics
};
DietSpread diet_spread(const View& view, engine::ThreadPool& pool);

}  // namespace infodiet::rl
