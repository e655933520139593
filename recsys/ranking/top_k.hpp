// The exact best k of a row of scores. Does not compute scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// An item of a list.
struct ScoredItem {
  ItemIndex item;
  float score;

  bool operator==(const ScoredItem&) const = default;
};

/// Whether `a` comes before `b` in a list: higher scores first, equal ones by lower index.
bool better(const ScoredItem& a, const ScoredItem& b);

/// Which items a list may contain. Refers to memory of the caller.
struct Allowed {
  std::span<const ItemIndex> excluded{};  ///< not these; any order, duplicates allowed
  std::span<const std::uint8_t> mask{};   ///< (V) only items with a non-zero entry; empty allows all
};

/// Keeps the best k of the items offered one by one; reuses its memory from list to list.
class TopK {
 public:
  /// Starts a new list, to which only allowed items are admitted.
  void start(std::size_t k, const Allowed& allowed);

  /// Only items with scores above this can still enter.
  float threshold() const { return threshold_; }

  /// Items must be offered in ascending order of index: of equal scores the first stays.
  void offer(ItemIndex item, float score);

  /// The best of those offered, best first; ends the list. Valid until the next `start`.
  std::span<const ScoredItem> finish();

 private:
  std::size_t k_ = 0;
  float threshold_ = 0;
  std::vector<ItemIndex> excluded_;
  std::span<const std::uint8_t> mask_;
  std::vector<ScoredItem> heap_;  // its front is the worst of the best
};

/// The k highest of scores (V) that are allowed, highest first, equal scores by lower index. Shorter than k if fewer
/// are left. Scores of minus infinity (masked) and NaN are never returned. O(V + k log k log V) for scores in random
/// order. The result is held by `best` until its next use.
std::span<const ScoredItem> top_k(std::span<const float> scores, const Allowed& allowed, std::size_t k, TopK& best);

/// The same of items not in `excluded`, as a vector.
std::vector<ScoredItem> top_k(std::span<const float> scores, std::span<const ItemIndex> excluded, std::size_t k);

}  // namespace infodiet::recsys
