// Lists that were made lately, by what they were made from: a view, a history, what was asked for. The same again is
// the same list, whoever asks, so nothing in here names anybody and nothing has to be thrown away when a history
// changes.
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

class ListCache {
 public:
  explicit ListCache(std::size_t bytes) : most_bytes_(bytes) {}

  /// Null where it is not known.
  std::shared_ptr<const rl::Recommendation> find(const std::string& key);
  /// Forgets what was not asked for the longest where memory would go over the budget.
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
  std::list<Entry> entries_;  // latest asked for first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace infodiet::tools::serve
