// Running means that weigh all values alike while they are young, then forget.
#pragma once

#include <algorithm>
#include <cstdint>

namespace infodiet::rl {

/// What stays of a running mean that holds `count` values so far when the next is added; at most `most`.
inline double kept_of(double most, std::uint64_t count) {
  return std::min(most, 1 - 1 / static_cast<double>(count + 1));
}

}  // namespace infodiet::rl
