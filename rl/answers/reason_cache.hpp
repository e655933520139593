// Reasons that were found lately. One cache belongs to one view and so to one model; what is asked again of the same
// history and item is answered from it.
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

class ReasonCache {
 public:
  using Reasons = std::vector<recsys::Reason>;

  /// The reasons of all of `history` for `item`: those kept, or what `find` says, which is kept. Threads may call it at
  /// once.
  std::shared_ptr<const Reasons> get(const recsys::History& history, recsys::ItemIndex item,
                                     const std::function<Reasons()>& find);

 private:
  static constexpr std::size_t most = 1024;
  struct Entry {
    std::string key;
    std::shared_ptr<const Reasons> reasons;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  // latest asked for first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace infodiet::rl
