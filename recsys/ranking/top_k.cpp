#include "recsys/ranking/top_k.hpp"

#include <algorithm>
#include <limits>

#include "engine/kernels/kernels.hpp"

namespace infodiet::recsys {

bool better(const ScoredItem& a, const ScoredItem& b) {
  return a.score > b.score || (a.score == b.score && a.item < b.item);
}

void TopK::start(std::size_t k, const Allowed& allowed) {
  k_ = k;
  // With k = 0 nothing may enter.
  threshold_ = k == 0 ? std::numeric_limits<float>::infinity() : -std::numeric_limits<float>::infinity();
  excluded_.assign(allowed.excluded.begin(), allowed.excluded.end());
  std::sort(excluded_.begin(), excluded_.end());
  mask_ = allowed.mask;
  heap_.clear();
}

void TopK::offer(ItemIndex item, float score) {
  if (!(score > threshold_)) return;
  if (!mask_.empty() && mask_[item] == 0) return;
  if (std::binary_search(excluded_.begin(), excluded_.end(), item)) return;
  if (heap_.size() == k_) {
    std::pop_heap(heap_.begin(), heap_.end(), better);
    heap_.pop_back();
  }
  heap_.push_back({item, score});
  std::push_heap(heap_.begin(), heap_.end(), better);
  if (heap_.size() == k_) threshold_ = heap_.front().score;
}

std::span<const ScoredItem> TopK::finish() {
  std::sort_heap(heap_.begin(), heap_.end(), better);
  return heap_;
}

std::span<const ScoredItem> top_k(std::span<const float> scores, const Allowed& allowed, std::size_t k, TopK& best) {
  const auto& kernel = engine::kernels::best<float>();
  best.start(k, allowed);
  const auto next = [&](std::size_t from) {
    return kernel.next_above(scores.data(), scores.size(), from, best.threshold());
  };
  for (std::size_t index = next(0); index < scores.size(); index = next(index + 1)) {
    best.offer(static_cast<ItemIndex>(index), scores[index]);
  }
  return best.finish();
}

std::vector<ScoredItem> top_k(std::span<const float> scores, std::span<const ItemIndex> excluded, std::size_t k) {
  TopK best;
  const std::span<const ScoredItem> list = top_k(scores, {.excluded = excluded}, k, best);
  return {list.begin(), list.end()};
}

}  // namespace infodiet::recsys
