#include "recsys/attention/read_states.hpp"

#include <algorithm>

namespace infodiet::recsys {
namespace {

// About a node of the list and one of the map.
constexpr std::size_t state_entry_bytes = 200;

// The key of the history with one more token than that of `before` (MurmurHash3's finaliser).
std::uint64_t key_with(std::uint64_t before, std::uint32_t token, std::int64_t time) {
  std::uint64_t key = before + 0x9E3779B97F4A7C15U + token + (static_cast<std::uint64_t>(time) << 20U);
  key = (key ^ (key >> 33U)) * 0xFF51AFD7ED558CCDU;
  key = (key ^ (key >> 33U)) * 0xC4CEB9FE1A85EC53U;
  return key ^ (key >> 33U);
}

// keys[n] is of the first n tokens.
std::vector<std::uint64_t> keys_of(std::span<const std::uint32_t> tokens, std::span<const std::int64_t> times) {
  std::vector<std::uint64_t> keys{0};
  for (std::size_t i = 0; i < tokens.size(); ++i) keys.push_back(key_with(keys.back(), tokens[i], times[i]));
  return keys;
}

bool begins_with(std::span<const std::uint32_t> tokens, std::span<const std::int64_t> times, const ReadState& state) {
  return state.tokens.size() <= tokens.size() && std::equal(state.tokens.begin(), state.tokens.end(), tokens.begin()) &&
         std::equal(state.times.begin(), state.times.end(), times.begin());
}

}  // namespace

std::size_t ReadState::bytes() const {
  std::size_t bytes = sizeof(ReadState) + tokens.capacity() * sizeof(tokens[0]) + times.capacity() * sizeof(times[0]) +
                      last.capacity() * sizeof(last[0]);
  for (const engine::Past<float>& past : pasts) bytes += sizeof past + past.bytes();
  return bytes;
}

std::unique_ptr<ReadState> ReadStates::take(std::span<const std::uint32_t> tokens,
                                            std::span<const std::int64_t> times) {
  const std::vector<std::uint64_t> keys = keys_of(tokens, times);
  const std::lock_guard lock(mutex_);
  counts_.tokens_asked += tokens.size();
  for (std::size_t length = tokens.size(); length > 0; --length) {
    const auto found = by_key_.find(keys[length]);
    if (found == by_key_.end() || !begins_with(tokens, times, *found->second->state)) continue;
    std::unique_ptr<ReadState> state = remove(found->second);
    counts_.tokens_kept += state->tokens.size();
    return state;
  }
  return std::make_unique<ReadState>();
}

void ReadStates::put(std::unique_ptr<ReadState> state) {
  const std::uint64_t key = keys_of(state->tokens, state->times).back();
  const std::size_t bytes = state_entry_bytes + state->bytes();
  std::vector<std::unique_ptr<ReadState>> gone;  // freed after the lock is released
  const std::lock_guard lock(mutex_);
  if (const auto same = by_key_.find(key); same != by_key_.end()) gone.push_back(remove(same->second));
  entries_.push_front({key, std::move(state), bytes});
  by_key_.emplace(key, entries_.begin());
  counts_.bytes += bytes;
  while (counts_.bytes > most_bytes_) gone.push_back(remove(std::prev(entries_.end())));
}

std::unique_ptr<ReadState> ReadStates::remove(Entries::iterator entry) {
  std::unique_ptr<ReadState> state = std::move(entry->state);
  counts_.bytes -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
  return state;
}

ReadStates::Counts ReadStates::counts() const {
  const std::lock_guard lock(mutex_);
  Counts counts = counts_;
  counts.states = entries_.size();
  return counts;
}

}  // namespace infodiet::recsys
