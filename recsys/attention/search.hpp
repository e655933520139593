// `train --search N`: settings drawn from declared ranges, and which of them are trained on. Trains nothing itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "recsys/attention/training_spec.hpp"

namespace infodiet::recsys {

/// Settings that training starts from, each "name=value" as for `train --set`, one draw for each trial: of every
/// setting with a declared range (search_ranges) that `fixed` does not name. The first draw is empty: the settings as
/// they are. A function of the seed; draws do not depend on how many there are. Throws SettingError for what
/// apply_settings refuses.
std::vector<std::vector<std::string>> draw_settings(std::size_t trials, std::span<const std::string> fixed,
                                                    std::uint64_t seed);

/// Successive halving (Jamieson & Talwalkar, AISTATS 2016) by thirds: how many epochs every trial of a rung is trained
/// in all, rung by rung, each three times as many as before; the last is `most`. After each rung but the last the best
/// third goes on (surviving).
std::vector<std::size_t> epochs_of_rungs(std::size_t trials, std::size_t most);

/// How many of `trials` go on.
std::size_t surviving(std::size_t trials);

/// The highest of the first `epochs` figures of a course; 0 for none.
double best_figure(std::span<const double> course, std::size_t epochs = static_cast<std::size_t>(-1));

/// The `count` highest figures, highest first, equal ones by lower index.
std::vector<std::size_t> best_of(std::span<const double> figures, std::size_t count);

/// Figures of several trials.
struct Spread {
  std::size_t trials = 0;
  double mean = 0;
  double deviation = 0;  ///< of the sample; 0 for one
  double maximum = 0;
};

/// Throws DataError for none.
Spread spread_of(std::span<const double> figures);

}  // namespace infodiet::recsys
