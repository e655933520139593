// Which reward of a step learners use.
#pragma once

namespace infodiet::rl {

/// The kinds.
enum class RewardKind {
  drawn,     ///< the reward as drawn
  expected,  ///< its mean given the latent state, which only a simulator knows: the same gradient, less variance
};

}  // namespace infodiet::rl
