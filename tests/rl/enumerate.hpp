// Every ordered slate, for tests that enumerate instead of sampling.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "rl/slate.hpp"

namespace infodiet::test {

inline std::vector<std::vector<rl::Position>> ordered_slates(rl::Position candidates, std::size_t size) {
  std::vector<std::vector<rl::Position>> slates{{}};
  for (std::size_t rank = 0; rank < size; ++rank) {
    std::vector<std::vector<rl::Position>> longer;
    for (const auto& slate : slates) {
      for (rl::Position next = 0; next < candidates; ++next) {
        if (std::find(slate.begin(), slate.end(), next) != slate.end()) continue;
        longer.push_back(slate);
        longer.back().push_back(next);
      }
    }
    slates = longer;
  }
  return slates;
}

}  // namespace infodiet::test
