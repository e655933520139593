// The exact best k of a row of scores. Not approximate search, and not the product that makes the scores.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "recsys/dataset.hpp"

namespace infodiet::recsys {

struct ScoredItem {
  ItemIndex item;
  float score;

  bool operator==(const ScoredItem&) const = default;
};

/// Memory that repeated searches reuse; one for each thread.
struct TopKBuffers {
  std::vector<ItemIndex> excluded;
  std::vector<ScoredItem> best;
};

/// The k highest of scores (V) whose index is not in `excluded`, highest first, equal scores by lower index. Shorter
/// than k where fewer are left. `excluded` may be in any order and repeat itself. Scores of minus infinity (masked) and
/// NaN are never returned. O(V + k log k log V) where order is random. The result lives in `buffers` until its next
/// use.
std::span<const ScoredItem> top_k(std::span<const float> scores, std::span<const ItemIndex> excluded, std::size_t k,
                                  TopKBuffers& buffers);

/// The same, in memory of its own.
std::vector<ScoredItem> top_k(std::span<const float> scores, std::span<const ItemIndex> excluded, std::size_t k);

}  // namespace infodiet::recsys
