// What is taken for the reward of a step by whoever learns from sessions.
#pragma once

namespace infodiet::rl {

enum class RewardKind {
  drawn,     ///< as people give it
  expected,  ///< its mean given the latent state, which only a simulator knows: same gradient, less variance
};

}  // namespace infodiet::rl
