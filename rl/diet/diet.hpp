// The diet of a session or a person: what was available, what was shown, what was consumed and what they are interested
// in, kept apart. Only numbers; the label that people read is made of them elsewhere.
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

/// The metrics of a set of items, each as the function of its name has it (distribution.hpp, items.hpp). Null where
/// nothing is known to compute it from.
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
  std::optional<double> minutes{};  ///< in all, over the items whose minutes are known
};
/// The metrics of `items` by distribution.hpp and items.hpp: shares (topics), variety in topics, the others as they say
/// there. `weights` count in the shares: a list whose first rank is its best is weighed by rank (RADio). Throws
/// ShapeError for a topic not below `topics`.
Plate plate_of(std::span<const Candidate> items, std::size_t topics, ListWeights weights = ListWeights::even);

/// How far what somebody got is from what they are interested in; null where the interest or the shares are unknown.
struct Calibration {
  std::optional<double> divergence{};  ///< steck_divergence
  std::optional<double> distance{};    ///< root_jensen_shannon
};
Calibration calibration_of(std::span<const double> interest, const Plate& plate);

struct Diet {
  Plate available;  ///< what could have been shown; without intra_list_diversity, since it is no list
  Plate shown;      ///< intra_list_diversity is the mean over the slates
  Plate consumed;
  Stretches stretches{};           ///< of what was consumed, where it is compared with others'
  std::vector<double> interest{};  ///< (topics) or empty where unknown
  Calibration shown_calibration{};
  Calibration consumed_calibration{};
  std::optional<double> overload{};
  std::optional<double> bubble_index{};  ///< over the windows of what was consumed; null for fewer than four
  std::optional<double> bubble_error{};  ///< standard error of it
  RewardTerms terms{};                   ///< added up over what was consumed; null where none of it has the term
};

/// Items that a window of the bubble index holds.
inline constexpr std::size_t bubble_window = 5;

/// The diet of a session that has ended: available is what was consumed and what would be on offer next; a last window
/// that is not full is left out of the bubble index.
Diet diet_of(const Observation& session);

/// A number of a diet by name, for tables and files: "consumed.effective_topics", "overload", "terms.quality", ...
struct DietMetric {
  std::string name;
  std::function<std::optional<double>(const Diet& diet)> value;
};
/// Every number of a diet.
std::span<const DietMetric> diet_metrics();

}  // namespace infodiet::rl
