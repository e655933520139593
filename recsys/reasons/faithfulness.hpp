// Whether explanations are true: what an item's score loses when the interactions that are said to carry it are taken
// out of the history, against taking out others. The figure behind choosing how recommendations are explained.
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

/// The order in which interactions are taken out.
enum class RemovalOrder {
  reasons,     ///< as recsys/reasons/explanation.hpp gives reasons
  score_drop,  ///< highest loss of score when taken out alone first
  attention,   ///< highest attention of the last position first
  recent,      ///< latest first
  random,      ///< drawn
};
inline constexpr std::array<std::string_view, 5> removal_order_names = {"reasons", "score_drop", "attention", "recent",
                                                                        "random"};

struct FaithfulnessOptions {
  std::uint64_t seed = 1;
  /// How many are taken out, ascending; those that would leave nothing of what the model reads are not measured.
  std::vector<std::size_t> removed = {1, 2, 3, 5, 10};
  std::size_t people = 100;  ///< drawn from those with more interactions than are taken out and something left to see
  Repeats repeats = Repeats::forbid;  ///< whether the first recommendation may be in the history
};

/// Mean over people of what the score of their first recommendation loses.
struct FaithfulnessCurve {
  RemovalOrder order;
  std::vector<double> drop{};            ///< (Faithfulness::removed)
  std::vector<double> standard_error{};  ///< (Faithfulness::removed)
};

struct Faithfulness {
  std::size_t people = 0;
  std::vector<std::size_t> removed{};       ///< of the options, those that were measured
  std::vector<FaithfulnessCurve> curves{};  ///< one for each order
};

/// Same bits for any number of threads. Throws DataError if nobody's history is long enough, or the model reads too
/// little of one.
Faithfulness measure_faithfulness(const BlendedModel& model, engine::ThreadPool& pool,
                                  std::span<const History> histories, const FaithfulnessOptions& options = {});

}  // namespace infodiet::recsys
