// The diet of a session or a person: what was available, shown and consumed, and what the person is interested in. Only
// numbers; rl/answers makes the label that people read.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rl/diet/items.hpp"
#include "rl/diet/stretches.hpp"
#include "rl/environment.hpp"
#include "rl/reward.hpp"

namespace infodiet::rl {

/// The metrics of a set of items, each by the function of its name (distribution.hpp, items.hpp). Null if it cannot be
/// computed.
struct Plate {
  std::size_t items = 0;
  std::optional<std::vector<double>> shares{};  ///< (topics)
  std::optional<double> effective_topics{};
  std::optional<double> simpson{};
  std::optional<double> gini{};
  std::optional<double> coverage{};
  std::optional<double> majority_share{};
  std::optional<double> intra_list_diversity{};
  std::optional<double> novelty{};
  std::optional<double> nutrition{};
  std::optional<double> sugar{};
  std::optional<double> minutes{};  ///< sum over the items whose minutes are known
};
/// The metrics of `items` by distribution.hpp and items.hpp: shares (topics), variety in topics, the others as
/// documented there. `weights` apply to the shares: a ranked list is weighted by rank (RADio). Throws ShapeError for a
/// topic not below `topics`.
Plate plate_of(std::span<const Candidate> items, std::size_t topics, ListWeights weights = ListWeights::even);

/// The distance between interest and plate; null if the interest or the shares are unknown.
struct Calibration {
  std::optional<double> divergence{};  ///< steck_divergence
  std::optional<double> distance{};    ///< root_jensen_shannon
};
/// interest (topics), empty if unknown.
Calibration calibration_of(std::span<const double> interest, const Plate& plate);

/// The diet of one session or person.
struct Diet {
  Plate available;  ///< what could have been shown; without intra_list_diversity
  Plate shown;      ///< intra_list_diversity is the mean over the slates
  Plate consumed;
  Stretches stretches{};           ///< of what was consumed, for comparison with other people
  std::vector<double> interest{};  ///< (topics), empty if unknown
  Calibration shown_calibration{};
  Calibration consumed_calibration{};
  std::optional<double> overload{};
  std::optional<double> bubble_index{};  ///< over windows of what was consumed; null for fewer than four
  std::optional<double> bubble_error{};  ///< its standard error
  RewardTerms terms{};                   ///< sums over the steps; null if no item has the term
};

/// Items in a window of the bubble index.
inline constexpr std::size_t bubble_window = 5;

/// The diet of an ended session: `available` is what was consumed and what would be offered next; the bubble index
/// ignores an incomplete last window.
Diet diet_of(const Observation& session);

/// A number of a diet by name, for tables and files: "consumed.effective_topics", "overload", "terms.quality", ...
struct DietMetric {
  std::string name;
  std::function<std::optional<double>(const Diet& diet)> value;
};
/// All numbers of a diet.
std::span<const DietMetric> diet_metrics();

}  // namespace infodiet::rl
