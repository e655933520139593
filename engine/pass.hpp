// How one pass through a network runs: evaluating, or training with the dropout draws of one step.
#pragma once

#include <cstdint>

namespace infodiet::engine {

enum class Mode { evaluate, train };

/// Forward and backward of one step take the same Pass, so that both see the same dropout.
struct Pass {
  Mode mode = Mode::evaluate;
  std::uint64_t seed = 0;
  std::uint32_t step = 0;
  /// Number, within the whole step, of the first token of this shard: draws must not depend on how a batch is cut.
  std::uint32_t first_token = 0;
};

}  // namespace infodiet::engine
