// What the tests of environments and policies share.
#pragma once

#include <gtest/gtest.h>

#include <cmath>

#include "rl/runs/simulate.hpp"

namespace infodiet::test {

inline constexpr std::uint64_t seed = 20;

/// Mean return of `policy` over `sessions` sessions.
inline rl::Estimate mean_return(const rl::Environment& environment, const rl::Policy& policy, std::size_t sessions) {
  engine::ThreadPool pool(2);
  return rl::estimate(rl::simulate(environment, policy, {.seed = seed, .count = sessions}, pool));
}

/// Expects a long simulation to agree with a computed value within 4 standard errors (and `slack`, the value's own
/// error).
inline void expect_agrees(const rl::Environment& environment, const rl::Policy& policy, std::size_t sessions,
                          double value, double slack = 0) {
  SCOPED_TRACE(testing::Message() << environment.name() << " under " << policy.name() << ", seed " << seed);
  const rl::Estimate measured = mean_return(environment, policy, sessions);
  EXPECT_NEAR(measured.mean, value, 4 * measured.standard_error + slack);
}

/// Expects one mean to lie above the other by more than 2 standard errors.
inline void expect_more(const rl::Estimate& more, const rl::Estimate& less) {
  EXPECT_GT(more.mean - less.mean, 2 * std::hypot(more.standard_error, less.standard_error))
      << more.mean << " against " << less.mean;
}

}  // namespace infodiet::test
