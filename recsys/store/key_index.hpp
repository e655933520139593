// From keys stored elsewhere to their numbers, in 5 to 6 bytes per key instead of a map's nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace infodiet::recsys {

/// A hash table of numbers below 2^32 - 1, three quarters full, with linear probing.
class KeyIndex {
 public:
  /// Indexes `count` different keys: key_of(number) gives one of them.
  template <class KeyOf>
  KeyIndex(std::size_t count, KeyOf&& key_of) : slots_(count + count / 3 + 1, empty) {
    for (std::size_t number = 0; number < count; ++number) {
      std::size_t slot = slot_of(key_of(number));
      while (slots_[slot] != empty) slot = next(slot);
      slots_[slot] = static_cast<std::uint32_t>(number);
    }
  }

  /// The number of a key, if it is indexed.
  template <class KeyOf>
  std::optional<std::size_t> find(std::string_view key, KeyOf&& key_of) const {
    for (std::size_t slot = slot_of(key); slots_[slot] != empty; slot = next(slot)) {
      if (key_of(slots_[slot]) == key) return slots_[slot];
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint32_t empty = std::numeric_limits<std::uint32_t>::max();
  std::size_t slot_of(std::string_view key) const { return std::hash<std::string_view>{}(key) % slots_.size(); }
  std::size_t next(std::size_t slot) const { return slot + 1 == slots_.size() ? 0 : slot + 1; }

  std::vector<std::uint32_t> slots_;
};

}  // namespace infodiet::recsys
