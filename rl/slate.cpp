#include "rl/slate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "engine/errors.hpp"

namespace infodiet::rl {

void check_slate(std::span<const Position> slate, std::size_t size, std::size_t candidates) {
  bool fits = slate.size() == size;
  for (auto rank = slate.begin(); fits && rank != slate.end(); ++rank) {
    fits = *rank < candidates && std::find(slate.begin(), rank, *rank) == rank;
  }
  if (fits) return;
  throw ShapeError(fmt::format("a slate of {} ({}): expected {} distinct positions below {}, the number of candidates",
                               slate.size(), fmt::join(slate, ", "), size, candidates));
}

void highest(std::span<const double> scores, std::span<Position> slate) {
  if (slate.size() > scores.size()) {
    throw ShapeError(fmt::format("a slate of {} from {} candidates: expected at most {}", slate.size(), scores.size(),
                                 scores.size()));
  }
  std::vector<Position> order(scores.size());
  std::iota(order.begin(), order.end(), Position{0});
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(slate.size()), order.end(),
                    [&](Position a, Position b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  std::copy_n(order.begin(), slate.size(), slate.begin());
}

}  // namespace infodiet::rl
