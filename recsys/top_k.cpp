#include "recsys/top_k.hpp"

#include <algorithm>
#include <limits>

namespace infodiet::recsys {

namespace {

bool better(const ScoredItem& a, const ScoredItem& b) {
  return a.score > b.score || (a.score == b.score && a.item < b.item);
}

}  // namespace

std::span<const ScoredItem> top_k(std::span<const float> scores, std::span<const ItemIndex> excluded, std::size_t k,
                                  TopKBuffers& buffers) {
  buffers.excluded.assign(excluded.begin(), excluded.end());
  std::sort(buffers.excluded.begin(), buffers.excluded.end());
  std::vector<ScoredItem>& best = buffers.best;  // a heap whose front is the worst of the best
  best.clear();
  if (k == 0) return best;

  float threshold = -std::numeric_limits<float>::infinity();
  for (std::size_t index = 0; index < scores.size(); ++index) {
    // An equal score comes later, so it has the higher index and loses; NaN compares false.
    if (!(scores[index] > threshold)) continue;
    const auto item = static_cast<ItemIndex>(index);
    if (std::binary_search(buffers.excluded.begin(), buffers.excluded.end(), item)) continue;
    if (best.size() == k) {
      std::pop_heap(best.begin(), best.end(), better);
      best.pop_back();
    }
    best.push_back({item, scores[index]});
    std::push_heap(best.begin(), best.end(), better);
    if (best.size() == k) threshold = best.front().score;
  }
  std::sort_heap(best.begin(), best.end(), better);
  return best;
}

std::vector<ScoredItem> top_k(std::span<const float> scores, std::span<const ItemIndex> excluded, std::size_t k) {
  TopKBuffers buffers;
  top_k(scores, excluded, k, buffers);
  return std::move(buffers.best);
}

}  // namespace infodiet::recsys
