#include "rl/answers/reason_cache.hpp"

#include <utility>

namespace infodiet::rl {

namespace {

template <class T>
void append(std::string& key, std::span<const T> values) {
  const auto bytes = std::as_bytes(values);
  key.append(static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size());
}

// Everything that reasons depend on, besides the model.
std::string key_of(const recsys::History& history, recsys::ItemIndex item) {
  std::string key;
  append(key, std::span<const recsys::ItemIndex>(&item, 1));
  append(key, history.items);
  append(key, history.times);
  return key;
}

}  // namespace

std::shared_ptr<const ReasonCache::Reasons> ReasonCache::get(const recsys::History& history, recsys::ItemIndex item,
                                                             const std::function<Reasons()>& find) {
  std::string key = key_of(history, item);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return entries_.front().reasons;
    }
  }
  auto reasons = std::make_shared<const Reasons>(find());
  const std::lock_guard lock(mutex_);
  // Another thread may have computed it meanwhile.
  if (by_key_.contains(key)) return reasons;
  entries_.push_front({key, reasons});
  by_key_.emplace(std::move(key), entries_.begin());
  if (entries_.size() > most) {
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  return reasons;
}

}  // namespace infodiet::rl
