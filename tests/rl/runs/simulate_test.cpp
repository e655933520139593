#include "rl/runs/simulate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/errors.hpp"
#include "rl/environments/choc_kale.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/policies/simple.hpp"
#include "tests/rl/constant_policy.hpp"

namespace infodiet::rl {
namespace {

struct Recording final : Recorder {
  std::vector<std::uint32_t> numbers;
  std::vector<double> drawn;
  std::vector<Position> chosen;

  void record(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) override {
    Observation seen;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      numbers.push_back(sessions.number(i));
      sessions.observe(i, seen);
      for (std::size_t t = 0; t < outcomes.rows; ++t) {
        drawn.push_back(outcomes.row(t)[i].reward);
        chosen.push_back(seen.events[t].chosen);
      }
    }
  }
};

TEST(Simulate, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Satiation environment;
  const SessionPlan plan{.seed = 4, .first = 10, .count = 1500};
  engine::ThreadPool one(1);
  Recording first;
  const std::vector<double> expected = simulate(environment, EpsilonGreedyPolicy(0.3), plan, one, &first);
  for (const std::size_t threads : {2, 3}) {
    engine::ThreadPool pool(threads);
    Recording recording;
    EXPECT_EQ(simulate(environment, EpsilonGreedyPolicy(0.3), plan, pool), expected);
    EXPECT_EQ(simulate(environment, EpsilonGreedyPolicy(0.3), plan, pool, &recording), expected);
    EXPECT_EQ(recording.drawn, first.drawn);
    EXPECT_EQ(recording.chosen, first.chosen);
    EXPECT_EQ(recording.numbers, first.numbers);
  }
  std::vector<std::uint32_t> numbers(plan.count);
  std::iota(numbers.begin(), numbers.end(), 10U);
  EXPECT_EQ(first.numbers, numbers);
}

TEST(Simulate, AnySessionReplaysByItsNumber) {
  const ChocKale environment({.candidates = 4, .resample = true, .steps = 10});
  engine::ThreadPool pool(2);
  const std::vector<double> all = simulate(environment, RandomPolicy(), {.seed = 4, .count = 300}, pool);
  const std::vector<double> one = simulate(environment, RandomPolicy(), {.seed = 4, .first = 217, .count = 1}, pool);
  EXPECT_EQ(one[0], all[217]);
  EXPECT_NE(one[0], simulate(environment, RandomPolicy(), {.seed = 5, .first = 217, .count = 1}, pool)[0]);
}

TEST(Simulate, PoliciesMeetTheSamePeople) {
  const ChocKale environment({.sensitivity = 0.1});
  engine::ThreadPool pool(2);
  const SessionPlan plan{.seed = 4, .count = 500};
  const std::vector<double> kale = simulate(environment, test::ConstantPolicy({0}), plan, pool);
  const std::vector<double> nearly = simulate(environment, test::ConstantPolicy({1}), plan, pool);
  const Estimate paired = estimate_difference(kale, nearly);
  EXPECT_NEAR(paired.mean, estimate(kale).mean - estimate(nearly).mean, 1e-9);
  EXPECT_LT(paired.standard_error, estimate(kale).standard_error / 10) << "seed 4";
}

TEST(Estimate, IsTheMeanAndItsStandardError) {
  const std::vector<double> values{1, 2, 3, 6};
  EXPECT_DOUBLE_EQ(estimate(values).mean, 3);
  EXPECT_DOUBLE_EQ(estimate(values).standard_error, std::sqrt(14.0 / 3 / 4));
  EXPECT_DOUBLE_EQ(estimate(values, 2).mean, 3);
  EXPECT_DOUBLE_EQ(estimate(values, 2).standard_error, 1.5);
  EXPECT_EQ(estimate(std::vector<double>{5}).standard_error, 0);
  EXPECT_THROW(estimate({}), ShapeError);
  EXPECT_THROW(estimate(values, 3), ShapeError);
  EXPECT_THROW(estimate_difference(values, std::vector<double>{1}), ShapeError);
}

TEST(PercentOfOptimum, GoesFromRandomToOptimum) {
  const Optimum optimum{.value = 16, .greedy = 13, .random = 12};
  EXPECT_DOUBLE_EQ(*percent_of_optimum(16, optimum), 100);
  EXPECT_DOUBLE_EQ(*percent_of_optimum(12, optimum), 0);
  const auto estimate = percent_of_optimum(Estimate{14, 0.2}, optimum);
  ASSERT_TRUE(estimate);
  EXPECT_DOUBLE_EQ(estimate->mean, 50);
  EXPECT_DOUBLE_EQ(estimate->standard_error, 5);
}

TEST(PercentOfOptimum, IsNoShareWhereRandomIsTheBest) {
  const Optimum all_alike{.value = 12, .greedy = 12, .random = 12};
  EXPECT_EQ(percent_of_optimum(12, all_alike), std::nullopt);
  EXPECT_EQ(percent_of_optimum(Estimate{12, 0}, all_alike), std::nullopt);
  const Optimum but_for_rounding{.value = 12, .greedy = 12, .random = 12 - 2e-15};
  EXPECT_EQ(percent_of_optimum(12, but_for_rounding), std::nullopt);
}

}  // namespace
}  // namespace infodiet::rl
