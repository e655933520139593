// Whether explanations are faithful: what an item's score loses when the interactions that should carry it are removed
// from the history, compared with removing others. This measurement chose how recommendations are explained.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "recsys/attention/blended_model.hpp"
#include "recsys/data/repeats.hpp"

namespace infodiet::recsys {

/// The order in which interactions are removed.
enum class RemovalOrder {
  reasons,     ///< in the order of recsys/reasons/explanation.hpp
  score_drop,  ///< largest loss of score when removed alone first
  attention,   ///< highest attention weight from the last position first
  recent,      ///< latest first
  random,      ///< at random
};
inline constexpr std::array<std::string_view, 5> removal_order_names = {"reasons", "score_drop", "attention", "recent",
                                                                        "random"};

/// What to measure.
struct FaithfulnessOptions {
  std::uint64_t seed = 1;
  /// Numbers of removed interactions, ascending; those that would leave nothing of what the model reads are skipped.
  std::vector<std::size_t> removed = {1, 2, 3, 5, 10};
  std::size_t people = 100;           ///< drawn from those with enough interactions and an item left to recommend
  Repeats repeats = Repeats::forbid;  ///< whether the recommendation may be in the history
};

/// Mean over people of what the score of their first recommendation loses.
struct FaithfulnessCurve {
  RemovalOrder order;
  std::vector<double> drop{};            ///< (Faithfulness::removed)
  std::vector<double> standard_error{};  ///< (Faithfulness::removed)
};

/// The measurement.
struct Faithfulness {
  std::size_t people = 0;
  std::vector<std::size_t> removed{};       ///< of the options, those that were measured
  std::vector<FaithfulnessCurve> curves{};  ///< one for each order
};

/// Measures it, with the same bits for any number of threads. Throws DataError if nobody's history is long enough, or
/// the model reads too little of it.
Faithfulness measure_faithfulness(const BlendedModel& model, engine::ThreadPool& pool,
                                  std::span<const History> histories, const FaithfulnessOptions& options = {});

}  // namespace infodiet::recsys
