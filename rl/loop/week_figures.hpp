// Figures of one week of a feed, measured on people on whom the recommender is not trained. Tastes and consumption are
// separate: a taste that narrows is an echo chamber, a diet narrower than the taste a filter bubble (Jiang et al.,
// AIES'19).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "rl/catalogue.hpp"
#include "rl/runs/simulate.hpp"

namespace infodiet::rl {

/// One person's week. People who stayed away consumed nothing.
struct PersonWeek {
  std::vector<recsys::ItemIndex> consumed;
  double engagement = 0;
  std::vector<double> taste;  ///< (topics) at its end
  double satisfaction = 0;    ///< at its end
  bool came = true;
};

/// Means over people, with their standard errors.
struct WeekFigures {
  Estimate taste_topics{};     ///< variety of tastes: low in an echo chamber
  Estimate consumed_topics{};  ///< of what each consumed: low in a filter bubble
  Estimate overlap{};          ///< Jaccard index of two people's items: homogenisation (Chaney et al. 2018)
  Estimate popular{};          ///< share of consumption in the tenth of items most popular before
  Estimate satisfaction{};     ///< mean quality of what was consumed lately
  Estimate returns{};          ///< share of the people who came
  Estimate engagement{};       ///< of those who came
};

/// A figure, for tables and JSON.
struct WeekFigure {
  std::string_view name;   ///< in JSON
  std::string_view title;  ///< of a column
  std::string_view meaning;
  Estimate WeekFigures::*value;
};
/// All figures, in the order of tables.
std::span<const WeekFigure> week_figures();

/// (V) whether an item is among the tenth with the most interactions in `data`, ties by index.
std::vector<bool> popular_items(const recsys::Dataset& data);

/// The figures of these people. Overlap compares the first 200 who consumed something. A figure that nobody has is 0.
WeekFigures measure_week(std::span<const PersonWeek> people, const Catalogue& catalogue,
                         const std::vector<bool>& popular);

}  // namespace infodiet::rl
