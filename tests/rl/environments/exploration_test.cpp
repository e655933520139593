#include "rl/environments/exploration.hpp"

#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "rl/environments/exploration_optimum.hpp"
#include "rl/policies/simple.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

// Expectimax over every history, with the probabilities of both kinds.
double best_value(double kind_a, double kind_b, int steps, double match, double mismatch, double safe) {
  if (steps == 0) return 0;
  double best = 0;
  for (int item = 0; item < 3; ++item) {
    const double by_a = item == 2 ? safe : item == 0 ? match : mismatch;
    const double by_b = item == 2 ? safe : item == 1 ? match : mismatch;
    const double click = kind_a * by_a + kind_b * by_b;
    const double value = click + best_value(kind_a * by_a, kind_b * by_b, steps - 1, match, mismatch, safe) +
                         best_value(kind_a * (1 - by_a), kind_b * (1 - by_b), steps - 1, match, mismatch, safe);
    best = std::max(best, value);
  }
  return best;
}

TEST(Exploration, OptimumEqualsBruteForceOnTinyInstances) {
  EXPECT_NEAR(solve_exploration(Exploration({.steps = 5})).value, best_value(0.5, 0.5, 5, 0.8, 0.2, 0.55), 1e-12);
  EXPECT_NEAR(
      solve_exploration(Exploration({.prior = 0.3, .match = 0.9, .mismatch = 0.4, .safe = 0.6, .steps = 5})).value,
      best_value(0.3, 0.7, 5, 0.9, 0.4, 0.6), 1e-12);
}

TEST(Exploration, ReproducesTheKnownReturnsAndSimulationsAgree) {
  const Exploration environment;
  const Optimum optimum = solve_exploration(environment);
  EXPECT_NEAR(optimum.value, 15.171, 5e-4);
  EXPECT_NEAR(optimum.greedy, 11.000, 1e-9);
  EXPECT_NEAR(optimum.random, 10.333, 5e-4);
  test::expect_agrees(environment, *optimum.policy, 20000, optimum.value);
  test::expect_agrees(environment, GreedyPolicy(), 2000, optimum.greedy, 1e-9);
  test::expect_agrees(environment, RandomPolicy(), 20000, optimum.random);
}

TEST(Exploration, BeliefFollowsBayes) {
  const Exploration environment({.prior = 0.3, .match = 0.9, .mismatch = 0.4});
  EXPECT_NEAR(environment.belief({}), 0.3, 1e-15);
  const auto clicked_a = Exploration::after({}, Exploration::a, true);
  EXPECT_NEAR(environment.belief(clicked_a), 0.3 * 0.9 / (0.3 * 0.9 + 0.7 * 0.4), 1e-15);
  const auto passed_b = Exploration::after(clicked_a, Exploration::b, false);
  const double a = 0.3 * 0.9 * 0.6;
  const double b = 0.7 * 0.4 * 0.1;
  EXPECT_NEAR(environment.belief(passed_b), a / (a + b), 1e-14);
  EXPECT_NEAR(environment.belief(Exploration::after(passed_b, Exploration::safe, true)), a / (a + b), 1e-14);
}

TEST(Exploration, ScoreDependsOnWhatWasSeenAlone) {
  const Exploration environment;
  const Exploration::Evidence evidence{.clicks = 1, .passes = -1};
  for (Position item = 0; item < 3; ++item) {
    EXPECT_EQ(environment.candidate({.kind_a = true, .evidence = evidence}, item).score,
              environment.candidate({.kind_a = false, .evidence = evidence}, item).score);
  }
}

TEST(Exploration, RefusesWhatDoesNotFit) {
  EXPECT_THROW(Exploration({.match = 1}), recsys::SettingError);
  EXPECT_THROW(Exploration({.steps = 0}), recsys::SettingError);
}

}  // namespace
}  // namespace infodiet::rl
