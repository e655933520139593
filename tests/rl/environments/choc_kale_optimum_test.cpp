#include "rl/environments/choc_kale_optimum.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "rl/policies/simple.hpp"
#include "tests/rl/constant_policy.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

std::vector<double> always(std::size_t item) {
  std::vector<double> mixture(11, 0.0);
  mixture[item] = 1;
  return mixture;
}
constexpr std::size_t kale_item = 0;
constexpr std::size_t choc_item = 10;

TEST(ChocKaleOptimum, HasTheKnownReturnsAtTheSensitivityOfRecSim) {
  const ChocKale environment({.sensitivity = 0.01});
  const Optimum optimum = solve_choc_kale(environment);
  EXPECT_NEAR(optimum.value, 1158.67, 0.005);
  EXPECT_NEAR(optimum.greedy, optimum.value, 1e-9) << "there is no dilemma";
  EXPECT_NEAR(optimum.random, 950.38, 0.005);
  EXPECT_NEAR(choc_kale_return(environment, always(choc_item)), 1158.67, 0.005);
  EXPECT_NEAR(choc_kale_return(environment, always(kale_item)), 754.34, 0.005);
  EXPECT_LT(optimum.error, 1e-3);
}

struct Known {
  double sensitivity;
  double optimum;
  double best_constant;
  double always_choc;
};
class ChocKaleDilemma : public testing::TestWithParam<Known> {};

// The last column at sensitivity 0.5 is the exact value; a coarser computation gives 257.7.
INSTANTIATE_TEST_SUITE_P(Sensitivities, ChocKaleDilemma,
                         testing::Values(Known{0.1, 1043.6, 1000.3, 818.5}, Known{0.2, 1376.9, 1350.4, 571.0},
                                         Known{0.5, 2793.3, 2730.4, 257.54}));

TEST_P(ChocKaleDilemma, HasTheKnownReturns) {
  const Known known = GetParam();
  const ChocKale environment({.sensitivity = known.sensitivity});
  const Optimum optimum = solve_choc_kale(environment);
  EXPECT_NEAR(optimum.value, known.optimum, 0.06);
  EXPECT_NEAR(optimum.greedy, known.always_choc, 0.06);
  EXPECT_NEAR(choc_kale_return(environment, always(kale_item)), known.best_constant, 0.06);
  EXPECT_LT(optimum.error, 1e-3);
  for (std::size_t item = 1; item <= choc_item; ++item) {
    EXPECT_LT(choc_kale_return(environment, always(item)), choc_kale_return(environment, always(kale_item)));
  }
}

// Always-choc has a closed form: n at step t is Gaussian around a line in n_0. Checked by averaging over both.
TEST(ChocKaleOptimum, AgreesWithTheClosedFormOfAConstantPolicy) {
  const double s = 0.5;
  const ChocKale environment({.sensitivity = s});
  double total = 0;
  double share = 1;     // memory^t
  double drift = 0;     // sum of memory^k, k < t
  double variance = 0;  // of the noise gathered
  constexpr int cells = 400;
  constexpr int deviations = 400;
  for (int t = 0; t < 60; ++t) {
    for (int i = 0; i < cells; ++i) {
      const double n0 = ((i + 0.5) / cells - 0.5) / 0.3;
      double weights = 0;
      double mean = 0;
      for (int k = -deviations; k <= deviations; ++k) {
        const double z = 6.0 * k / deviations;
        const double n = share * n0 - drift + std::sqrt(variance) * z;
        weights += std::exp(-z * z / 2);
        mean += std::exp(-z * z / 2) * std::exp(5 / (1 + std::exp(-s * n)) + 0.5);
      }
      total += mean / weights / cells;
    }
    drift += share;
    variance += 0.05 * 0.05 * share * share;
    share *= 0.7;
  }
  EXPECT_NEAR(choc_kale_return(environment, always(choc_item)), total, 1e-2);
}

TEST(ChocKaleOptimum, ConvergesAsTheGridIsRefined) {
  const ChocKale environment({.sensitivity = 0.1});
  const double fine = solve_choc_kale(environment, {.points = 4001, .nodes = 32}).value;
  const Optimum usual = solve_choc_kale(environment);
  EXPECT_NEAR(usual.value, fine, 1e-4);
  EXPECT_NEAR(solve_choc_kale(environment, {.points = 251}).value, fine, 1e-2);
}

// Without noise the best sequence of items for each first exposure is found by trying them all.
TEST(ChocKaleOptimum, EqualsBruteForceOnATinyInstance) {
  const ChocKale environment({.sensitivity = 2, .noise = 0, .candidates = 3, .steps = 4});
  double total = 0;
  constexpr int cells = 2000;
  for (int i = 0; i < cells; ++i) {
    const double first = ((i + 0.5) / cells - 0.5) / 0.3;
    double best = 0;
    for (int sequence = 0; sequence < 81; ++sequence) {
      double n = first;
      double earned = 0;
      for (int digits = sequence, t = 0; t < 4; ++t, digits /= 3) {
        const double c = digits % 3 / 2.0;
        earned += std::exp((4 + c) / (1 + std::exp(-2 * n)) + 0.5);
        n = 0.7 * n - 2 * (c - 0.5);
      }
      best = std::max(best, earned);
    }
    total += best / cells;
  }
  const Optimum optimum = solve_choc_kale(environment);
  EXPECT_NEAR(optimum.value, total, 1e-3 * total);
  EXPECT_NEAR(optimum.value, total, 4 * optimum.error + 1e-4 * total);
}

TEST(ChocKaleOptimum, LongSimulationsAgree) {
  for (const double sensitivity : {0.01, 0.1}) {
    const ChocKale environment({.sensitivity = sensitivity});
    const Optimum optimum = solve_choc_kale(environment);
    test::expect_agrees(environment, *optimum.policy, 20000, optimum.value, 1e-3);
    test::expect_agrees(environment, RandomPolicy(), 20000, optimum.random, 1e-3);
    test::expect_agrees(environment, GreedyPolicy(), 20000, optimum.greedy, 1e-3);
    test::expect_agrees(environment, test::ConstantPolicy({kale_item}), 20000,
                        choc_kale_return(environment, always(kale_item)), 1e-3);
  }
}

// Ten items drawn afresh. Cutting clickbait into 51 points with both ends among them would give 1026.0 instead, since
// the ends, which are the best items, would be drawn too often; the simulation below decides.
TEST(ChocKaleOptimum, KnowsWhatTheBestOfItemsDrawnAfreshIsWorth) {
  const ChocKale environment({.sensitivity = 0.1, .candidates = 10, .resample = true});
  const Optimum optimum = solve_choc_kale(environment);
  EXPECT_NEAR(optimum.value, 1023.87, 0.05);
  EXPECT_LT(optimum.error, 0.1);
  EXPECT_NEAR(solve_choc_kale(ChocKale({.sensitivity = 0.01, .resample = true})).random, 948.41, 0.01);
  test::expect_agrees(environment, *optimum.policy, 20000, optimum.value, optimum.error);
  test::expect_agrees(environment, RandomPolicy(), 20000, optimum.random, optimum.error);
  test::expect_agrees(environment, GreedyPolicy(), 20000, optimum.greedy, optimum.error);
}

TEST(ChocKaleOptimum, RefusesWhatDoesNotFit) {
  const ChocKale environment;
  EXPECT_THROW(choc_kale_return(environment, std::vector<double>(10, 0.1)), ShapeError);
  EXPECT_THROW(choc_kale_return(ChocKale({.resample = true}), always(choc_item)), recsys::SettingError);
}

}  // namespace
}  // namespace infodiet::rl
