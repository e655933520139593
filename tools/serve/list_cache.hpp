// A cache of lists, keyed by their inputs: the view, the history and the request. Equal keys give equal lists for
// anybody, so entries name nobody and need no invalidation when a history changes.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "rl/answers/recommend.hpp"

namespace infodiet::tools::serve {

/// Thread-safe; holds at most so many bytes.
class ListCache {
 public:
  explicit ListCache(std::size_t bytes) : most_bytes_(bytes) {}

  /// Null if it is not cached.
  std::shared_ptr<const rl::Recommendation> find(const std::string& key);
  /// Evicts the least recently used lists if memory would exceed the budget.
  void put(const std::string& key, std::shared_ptr<const rl::Recommendation> list);

  std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const rl::Recommendation> list;
    std::size_t bytes;
  };

  const std::size_t most_bytes_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace infodiet::tools::serve
