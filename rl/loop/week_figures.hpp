// What a week of a feed came to, measured on people whom the recommender does not learn from. Tastes and consumption
// are kept apart: a taste that narrows is an echo chamber, a diet narrower than the taste a filter bubble (Jiang et
// al., AIES'19).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "rl/catalogue.hpp"
#include "rl/runs/simulate.hpp"

namespace infodiet::rl {

/// One person's week. Nothing was consumed by those who stayed away.
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
  Estimate overlap{};  ///< Jaccard index of the items that two people consumed: homogenisation (Chaney et al. 2018)
  Estimate popular{};  ///< share of consumption that is among the tenth of the items most popular before
  Estimate satisfaction{};  ///< mean quality of what was consumed lately
  Estimate returns{};       ///< share of the people who came
  Estimate engagement{};    ///< of those who came
};

/// The figures in the order of tables.
struct WeekFigure {
  std::string_view name;   ///< in JSON
  std::string_view title;  ///< of a column
  std::string_view meaning;
  Estimate WeekFigures::*value;
};
std::span<const WeekFigure> week_figures();

/// (V) whether an item is among the tenth that `data` has most interactions with, ties by index.
std::vector<bool> popular_items(const recsys::Dataset& data);

/// The figures of these people. Overlap compares the first 200 of those who consumed something. Where nobody has a
/// figure it is 0.
WeekFigures measure_week(std::span<const PersonWeek> people, const Catalogue& catalogue,
                         const std::vector<bool>& popular);

}  // namespace infodiet::rl
