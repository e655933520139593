// A diet in stretches of equal numbers of consecutive items, to compare short and long histories: 60 items contain more
// of everything than 20, and even 20 drawn from 60 are more varied than 20 in a row, since neighbours are similar.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// Means over the stretches; null without one. The last stretch ends with the last item; stretches are adjacent and do
/// not overlap. Ignores items without topics.
struct Stretches {
  std::size_t size = 0;                          ///< items of each
  std::size_t count = 0;                         ///< stretches
  std::optional<double> effective_topics{};      ///< rarefied to `size` draws
  std::optional<double> coverage{};              ///< expected share of all topics in `size` draws
  std::optional<double> majority_share{};        ///< the largest share
  std::optional<double> intra_list_diversity{};  ///< of the items of a stretch
};

/// Stretches of `size` items, at least 1. Throws ShapeError for a topic not below `topics`.
Stretches stretches_of(std::span<const Candidate> items, std::size_t topics, std::size_t size);

}  // namespace infodiet::rl
