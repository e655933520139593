// What the tests of environments and policies share.
#pragma once

#include <gtest/gtest.h>

#include "rl/runs/simulate.hpp"

namespace infodiet::rl::test {

inline constexpr std::uint64_t seed = 20;

/// Mean return of `policy` over `sessions` sessions.
inline Estimate mean_return(const Environment& environment, const Policy& policy, std::size_t sessions) {
  engine::ThreadPool pool(2);
  return estimate(simulate(environment, policy, {.seed = seed, .count = sessions}, pool));
}

/// Expects a long simulation to agree with a computed value within 4 standard errors (and `slack`, the value's own
/// error).
inline void expect_agrees(const Environment& environment, const Policy& policy, std::size_t sessions, double value,
                          double slack = 0) {
  SCOPED_TRACE(testing::Message() << environment.name() << " under " << policy.name() << ", seed " << seed);
  const Estimate measured = mean_return(environment, policy, sessions);
  EXPECT_NEAR(measured.mean, value, 4 * measured.standard_error + slack);
}

}  // namespace infodiet::rl::test
