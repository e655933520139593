// What the attention model has read lately: keys and values of histories, so that one more interaction costs one token.
// Found by what was read and not by whom it is of, so that nothing in here names anybody, a changed history simply is
// another one, and sessions of people who are not known profit too. Not for training.
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

/// What is kept of one history: its tokens with their times, a past of each block, and the hidden vector of its end.
struct ReadState {
  std::vector<std::uint32_t> tokens = {};
  std::vector<std::int64_t> times = {};  ///< (tokens)
  std::vector<engine::Past<float>> pasts = {};
  std::vector<float> last = {};  ///< (D)

  std::size_t bytes() const;
};

/// States within a budget of memory; those that were not asked for the longest go first. For any number of threads.
class ReadStates {
 public:
  explicit ReadStates(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Takes out the longest state that a history begins with, which is then the caller's alone, or an empty one.
  std::unique_ptr<ReadState> take(std::span<const std::uint32_t> tokens, std::span<const std::int64_t> times);
  /// Keeps a state, in place of another one of the same history.
  void put(std::unique_ptr<ReadState> state);

  struct Counts {
    std::size_t states = 0;
    std::size_t bytes = 0;
    std::uint64_t tokens_asked = 0;  ///< of all histories that were taken for
    std::uint64_t tokens_kept = 0;   ///< of these, that need not be read again
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
  Entries entries_;  // latest put first
  std::unordered_map<std::uint64_t, Entries::iterator> by_key_;
  Counts counts_;
};

}  // namespace infodiet::recsys
