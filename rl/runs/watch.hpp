// A session watched from outside: what each step showed, what was taken of it, what it earned and where it moved the
// person's tastes. Knows no database; stored sessions are replayed by rl/runs/replay.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rl/environment.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

struct WatchedStep {
  std::vector<Candidate> shown{};  ///< (K) best rank first; topics are the environment's memory
  Event event{};
  double reward = 0;            ///< as drawn
  std::vector<double> taste{};  ///< (topics) shares after the step; empty where tastes do not move
};

/// Session `number` of the runs of that seed, under `policy`: the same person with the same luck under every policy.
std::vector<WatchedStep> watch(const Environment& environment, const Policy& policy, std::uint64_t seed,
                               std::uint32_t number);

}  // namespace infodiet::rl
