// How one pass through a network runs: evaluation, or training with the dropout draws of one step; and with which
// parameters and scratch memory.
#pragma once

#include <cstdint>

#include "engine/parameters.hpp"
#include "engine/workspace.hpp"

namespace infodiet::engine {

/// Only `train` applies dropout.
enum class Mode { evaluate, train };

/// Forward and backward of one step take the same Pass, so that both see the same dropout.
struct Pass {
  Mode mode = Mode::evaluate;
  std::uint64_t seed = 0;
  std::uint32_t step = 0;
  /// Number, within the whole step, of the first token of this shard: draws must not depend on how a batch is cut.
  std::uint32_t first_token = 0;
};

/// What every layer needs for forward and backward. Refers to the caller's memory; cheap to copy.
template <class T>
struct Run {
  const Parameters<T>& parameters;
  Workspace<T>& workspace;
  Pass pass = {};
  Parameters<T>* gradients = nullptr;  ///< of the parameters, which backward adds to; forward needs none

  /// The gradients, for backward. Throws Error if there are none.
  Parameters<T>& required_gradients() const {
    if (gradients == nullptr) throw Error("backward: the run has no gradients to add to: set Run::gradients");
    return *gradients;
  }
};

}  // namespace infodiet::engine
