// How much memory rows of scores over the catalogue may take.
#pragma once

#include <cstddef>

namespace infodiet::recsys {

/// Scores that a worker keeps at a time: 64 MiB.
inline constexpr std::size_t most_scores = std::size_t{1} << 24;

}  // namespace infodiet::recsys
