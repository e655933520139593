// Philox4x32-10 (Salmon et al., SC'11) of many counters at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace infodiet::engine::kernels {

/// Counters, then their draws, side by side: word w of block i is word[w][i].
template <std::size_t blocks>
struct PhiloxBlocks {
  alignas(64) std::uint32_t word[4][blocks];
};

struct PhiloxKey {
  std::uint32_t low;
  std::uint32_t high;

  // Weyl's sequence, from one round to the next.
  void advance() {
    low += 0x9E3779B9;
    high += 0xBB67AE85;
  }
};

constexpr std::uint32_t philox_multiplier0 = 0xD2511F53;
constexpr std::uint32_t philox_multiplier1 = 0xCD9E8D57;
constexpr int philox_rounds = 10;

// A template on the instruction set so that each has its own copy. philox_avx2.hpp specialises it.
template <class Arch>
struct Philox {
  template <std::size_t blocks>
  static void draw(PhiloxBlocks<blocks>& c, PhiloxKey key) {
    for (int round = 0; round < philox_rounds; ++round, key.advance()) {
      for (std::size_t i = 0; i < blocks; ++i) {
        const std::uint64_t product0 = std::uint64_t{philox_multiplier0} * c.word[0][i];
        const std::uint64_t product1 = std::uint64_t{philox_multiplier1} * c.word[2][i];
        c.word[0][i] = static_cast<std::uint32_t>(product1 >> 32) ^ c.word[1][i] ^ key.low;
        c.word[1][i] = static_cast<std::uint32_t>(product1);
        c.word[2][i] = static_cast<std::uint32_t>(product0 >> 32) ^ c.word[3][i] ^ key.high;
        c.word[3][i] = static_cast<std::uint32_t>(product0);
      }
    }
  }
};

}  // namespace infodiet::engine::kernels
