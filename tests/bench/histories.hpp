// Made-up histories with the lengths of well-known data sets, so that every machine can run the benchmarks. Items are
// drawn by popularity; what is recommended from them means nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "recsys/data/dataset.hpp"

namespace infodiet::bench {

/// How many people and items, and which of the known spreads of lengths.
struct HistoryShape {
  enum class Lengths { ml_1m, beauty } lengths = Lengths::ml_1m;
  std::size_t users = 0;
  std::size_t items = 0;
};

/// MovieLens-1M as sequential recommendation uses it: 6,040 people, 3,416 items, mean length 163.
constexpr HistoryShape ml_1m{.lengths = HistoryShape::Lengths::ml_1m, .users = 6040, .items = 3416};
/// Amazon Beauty, 5-core: 22,363 people, 12,101 items, mean length 9.
constexpr HistoryShape beauty{.lengths = HistoryShape::Lengths::beauty, .users = 22363, .items = 12101};

/// The same histories for the same shape, on every machine.
recsys::Dataset make_histories(const HistoryShape& shape);

}  // namespace infodiet::bench
