// A cache of the attention model's keys and values of histories, so that one more interaction costs one token. Indexed
// by content, not by person: it names nobody, a changed history is simply another one, and anonymous sessions use it
// too. Not for training.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/attention/past.hpp"

namespace infodiet::recsys {

/// The cached state of one history: tokens and times, keys and values of each block, and the last hidden vector.
struct ReadState {
  std::vector<std::uint32_t> tokens = {};
  std::vector<std::int64_t> times = {};  ///< (tokens)
  std::vector<engine::Past<float>> pasts = {};
  std::vector<float> last = {};  ///< (D)

  /// Approximate memory.
  std::size_t bytes() const;
};

/// States within a memory budget; evicts the least recently used. Thread-safe.
class ReadStates {
 public:
  explicit ReadStates(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Removes and returns the longest state that the history begins with, or an empty one.
  std::unique_ptr<ReadState> take(std::span<const std::uint32_t> tokens, std::span<const std::int64_t> times);
  /// Adds a state, replacing one of the same history.
  void put(std::unique_ptr<ReadState> state);

  /// Contents and use of the cache.
  struct Counts {
    std::size_t states = 0;
    std::size_t bytes = 0;
    std::uint64_t tokens_asked = 0;  ///< of all histories looked up
    std::uint64_t tokens_kept = 0;   ///< of these, found
  };
  Counts counts() const;

 private:
  struct Entry {
    std::uint64_t key;
    std::unique_ptr<ReadState> state;
    std::size_t bytes;
  };
  using Entries = std::list<Entry>;
  std::unique_ptr<ReadState> remove(Entries::iterator entry);

  const std::size_t most_bytes_;
  mutable std::mutex mutex_;
  Entries entries_;  // most recently used first
  std::unordered_map<std::uint64_t, Entries::iterator> by_key_;
  Counts counts_;
};

}  // namespace infodiet::recsys
