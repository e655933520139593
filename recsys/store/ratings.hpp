// The ratings that came with interactions, added up by item.
#pragma once

#include <cstddef>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// All ratings of the file. Without any, `count` holds zeros and the scale is [0, 0].
struct RatingTotals {
  std::vector<double> sum;         ///< (V) entry i belongs to ItemIndex i of load_dataset()
  std::vector<std::size_t> count;  ///< (V)
  double low = 0;                  ///< the lowest rating there is
  double high = 0;
  double mean = 0;  ///< of all ratings
};

/// Throws SqliteError, DamagedError.
RatingTotals rating_totals(const Database& db);

}  // namespace infodiet::recsys
