// Counter-based randomness: a draw is a function of (seed, purpose, step, index, position), never of thread or order.
// Deliberately no global generator and no std::*_distribution, whose results differ between libraries.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace infodiet::engine {

/// What a stream is for. Two purposes never share draws; values are part of the reproducibility contract.
enum class Purpose : std::uint32_t {
  initialise = 1,
  dropout = 2,
  shuffle = 3,
  negatives = 4,
  bootstrap = 5,
  sample_world = 6,
  environment = 7,
  policy = 8,
  test = 9,
  examples = 10,
};

/// A stream of draws from Philox4x32-10 (Salmon et al., SC'11): key = seed, counter = (block, index, step, purpose).
/// Copyable; a copy repeats the same draws. At most 2^34 32-bit draws before a stream repeats.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, Purpose purpose, std::uint32_t step = 0, std::uint32_t index = 0);

  std::uint32_t next_u32();
  std::uint64_t next_u64();
  /// Uniform in [0, 1) with 53 bits.
  double uniform();
  /// Uniform integer in [0, n), without modulo bias; n > 0.
  std::uint64_t below(std::uint64_t n);
  /// Standard normal (Box-Muller; two uniforms a value, the second normal is dropped).
  double normal();
  /// Two independent standard normals (both of Box-Muller's) for the work of one; the first is what normal() gives.
  std::array<double, 2> normal_pair();
  /// Standard Gumbel, -log(-log(u)) with u in (0, 1).
  double gumbel();

 private:
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

/// Fisher-Yates shuffle driven by `stream`.
template <class T>
void shuffle(std::span<T> values, RandomStream& stream) {
  for (std::size_t remaining = values.size(); remaining > 1; --remaining) {
    using std::swap;
    swap(values[remaining - 1], values[stream.below(remaining)]);
  }
}

}  // namespace infodiet::engine
