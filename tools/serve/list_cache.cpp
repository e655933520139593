#include "tools/serve/list_cache.hpp"

namespace infodiet::tools::serve {
namespace {

// Estimate of list and map nodes and of string and vector headers.
constexpr std::size_t entry_bytes = 400;

std::size_t bytes_of(const std::string& key, const rl::Recommendation& list) {
  std::size_t bytes = entry_bytes + 2 * key.size();
  for (const rl::Pick& pick : list.picks) bytes += sizeof(rl::Pick) + pick.because.size() * sizeof(rl::Carrier);
  return bytes;
}

}  // namespace

std::shared_ptr<const rl::Recommendation> ListCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->list;
}

void ListCache::put(const std::string& key, std::shared_ptr<const rl::Recommendation> list) {
  const std::size_t bytes = bytes_of(key, *list);
  const std::lock_guard lock(mutex_);
  if (by_key_.contains(key)) return;
  entries_.push_front({key, std::move(list), bytes});
  by_key_.emplace(key, entries_.begin());
  bytes_ += bytes;
  while (bytes_ > most_bytes_) {
    bytes_ -= entries_.back().bytes;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace infodiet::tools::serve
