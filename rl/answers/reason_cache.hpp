// A cache of reasons, by history and item. It belongs to one view and so to one model.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "recsys/reasons/explanation.hpp"

namespace infodiet::rl {

/// The most recently used reasons. Thread-safe.
class ReasonCache {
 public:
  using Reasons = std::vector<recsys::Reason>;

  /// The reasons of all of `history` for `item`: cached, or computed by `find` and then cached. Thread-safe.
  std::shared_ptr<const Reasons> get(const recsys::History& history, recsys::ItemIndex item,
                                     const std::function<Reasons()>& find);

 private:
  static constexpr std::size_t most = 1024;
  struct Entry {
    std::string key;
    std::shared_ptr<const Reasons> reasons;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace infodiet::rl
