// The ratings of interactions, summed by item.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "recsys/data/liking.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// All ratings of the file. Without any, `count` holds zeros and the scale is [0, 0].
struct RatingTotals {
  std::vector<double> sum;         ///< (V) entry i belongs to ItemIndex i of load_dataset()
  std::vector<std::size_t> count;  ///< (V)
  double low = 0;                  ///< the lowest rating
  double high = 0;
  double mean = 0;  ///< of all ratings
};

/// Reads the ratings of all interactions in one pass. Throws SqliteError; DamagedError if an interaction names an item
/// that is not stored.
RatingTotals rating_totals(const Database& db);

/// How many interactions have a rating, and how many of them are low by `liking`.
struct RatedCounts {
  Liking liking = {};
  std::int64_t rated = 0;
  std::int64_t low = 0;
};
/// Throws SqliteError.
RatedCounts count_rated(const Database& db, const Liking& liking = {});

}  // namespace infodiet::recsys
