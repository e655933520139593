// What the times of a data set are worth. Decides nothing itself: splits and models ask before they rely on times.
#pragma once

#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

enum class TimeKind {
  absent,   ///< no times at all, only an order
  ordinal,  ///< every user's times are just 0, 1, 2, ... or 1, 2, 3, ...: an order, not comparable between users
  real,     ///< clock times, comparable between users
};

/// Looks at all of `data.times`; O(interactions).
TimeKind time_kind(const Dataset& data);

}  // namespace infodiet::recsys
