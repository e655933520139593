// A diet in stretches of equally many items in a row, so that a short history and a long one compare: in 60 items there
// is more of everything than in 20, also than in 20 drawn from 60, since what stands close together is alike.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// Means over the stretches; null without a stretch. Stretches end where the items do, follow each other without a gap
/// and do not overlap; items without topics are passed over.
struct Stretches {
  std::size_t size = 0;                          ///< items of each
  std::size_t count = 0;                         ///< stretches
  std::optional<double> effective_topics{};      ///< rarefied to as many draws as a stretch has items
  std::optional<double> coverage{};              ///< share of all topics that as many draws are expected to meet
  std::optional<double> majority_share{};        ///< the largest share
  std::optional<double> intra_list_diversity{};  ///< of the items of a stretch
};

/// `size` at least 1. Throws ShapeError for a topic not below `topics`.
Stretches stretches_of(std::span<const Candidate> items, std::size_t topics, std::size_t size);

}  // namespace infodiet::rl
