// One session step by step: what was shown and taken, its reward, and the person's taste. Knows no database;
// rl/runs/replay.hpp replays stored sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rl/environment.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

/// One step.
struct WatchedStep {
  std::vector<Candidate> shown{};  ///< (K) best rank first; topics refer to the environment
  Event event{};
  double reward = 0;            ///< as drawn
  std::vector<double> taste{};  ///< (topics) shares after the step; empty if tastes do not move
};

/// Session `number` of runs with that seed, under `policy`: the same person and random draws for every policy.
std::vector<WatchedStep> watch(const Environment& environment, const Policy& policy, std::uint64_t seed,
                               std::uint32_t number);

}  // namespace infodiet::rl
