#include "engine/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace infodiet::engine {

RandomStream::RandomStream(std::uint64_t seed, Purpose purpose, std::uint32_t step, std::uint32_t index)
    : counter_{0, index, step, static_cast<std::uint32_t>(purpose)},
      key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)} {}

std::uint32_t RandomStream::next_u32() {
  if (used_ == 4) {
    r123::Philox4x32 philox;
    r123::Philox4x32::ctr_type counter{{counter_[0], counter_[1], counter_[2], counter_[3]}};
    r123::Philox4x32::key_type key{{key_[0], key_[1]}};
    const auto drawn = philox(counter, key);
    for (std::size_t i = 0; i < 4; ++i) block_[i] = drawn[i];
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

std::uint64_t RandomStream::next_u64() {
  const std::uint64_t low = next_u32();
  return low | (static_cast<std::uint64_t>(next_u32()) << 32);
}

double RandomStream::uniform() {
  return static_cast<double>(next_u64() >> 11) * 0x1.0p-53;
}

std::uint64_t RandomStream::below(std::uint64_t n) {
  // Draws below 2^64 mod n are rejected, so that every residue is equally likely.
  const std::uint64_t threshold = (0 - n) % n;
  for (;;) {
    const std::uint64_t draw = next_u64();
    if (draw >= threshold) return draw % n;
  }
}

double RandomStream::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::array<double, 2> RandomStream::normal_pair() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  const double angle = 2.0 * std::numbers::pi * uniform();
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

double RandomStream::gumbel() {
  return -std::log(-std::log((static_cast<double>(next_u64() >> 12) + 0.5) * 0x1.0p-52));
}

}  // namespace infodiet::engine
