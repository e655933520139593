// How far the times of a data set can be trusted. Splits and models ask before they rely on times.
#pragma once

#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// The kinds of times.
enum class TimeKind {
  absent,   ///< no times at all, only an order
  ordinal,  ///< every user's times are 0, 1, 2, ... or 1, 2, 3, ...: an order, not comparable between users
  real,     ///< clock times, comparable between users
};

/// The kind of `data.times`, in O(interactions).
TimeKind time_kind(const Dataset& data);

}  // namespace infodiet::recsys
