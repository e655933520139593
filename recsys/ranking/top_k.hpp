// The exact best k of a row of scores. Not approximate search, and not the product that makes the scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

struct ScoredItem {
  ItemIndex item;
  float score;

  bool operator==(const ScoredItem&) const = default;
};

/// Whether `a` comes before `b` in a list: higher scores first, equal ones by lower index.
bool better(const ScoredItem& a, const ScoredItem& b);

/// Which items a list may hold. Refers to memory that must live as long as it is used.
struct Allowed {
  std::span<const ItemIndex> excluded{};  ///< not these, in any order, some perhaps several times
  std::span<const std::uint8_t> mask{};   ///< (V) only those that are not 0 here; every item where it is empty
};

/// The best k of the items offered one after the other; reuses its memory from list to list.
class TopK {
 public:
  /// Forgets what was offered. Items that are not allowed are refused.
  void start(std::size_t k, const Allowed& allowed);

  /// Only items with scores above this can still get in.
  float threshold() const { return threshold_; }

  /// Items must come in ascending order of their index, so that of equal scores the first stays.
  void offer(ItemIndex item, float score);

  /// Those offered so far, best first; ends the list. Lives until the next `start`.
  std::span<const ScoredItem> finish();

 private:
  std::size_t k_ = 0;
  float threshold_ = 0;
  std::vector<ItemIndex> excluded_;
  std::span<const std::uint8_t> mask_;
  std::vector<ScoredItem> heap_;  // its front is the worst of the best
};

/// The k highest of scores (V) that are allowed, highest first, equal scores by lower index. Shorter than k where fewer
/// are left. Scores of minus infinity (masked) and
/// NaN are never returned. O(V + k log k log V) where order is random. The result lives in `best` until its next use.
std::span<const ScoredItem> top_k(std::span<const float> scores, const Allowed& allowed, std::size_t k, TopK& best);

/// The same of those that are not in `excluded`, in memory of its own.
std::vector<ScoredItem> top_k(std::span<const float> scores, std::span<const ItemIndex> excluded, std::size_t k);

}  // namespace infodiet::recsys
