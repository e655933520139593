#include "rl/environments/choc_kale.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rl/session.hpp"
#include "tests/rl/one_session.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

// Two steps by hand, without noise: n = 1 at first, c = 1 and then 0.
TEST(ChocKale, FollowsItsArithmetic) {
  const ChocKale environment({.sensitivity = 0.5, .noise = 0, .choc_sd = 2, .kale_sd = 0});
  ChocKale::State state{.exposure = 1, .drawn = {}};
  engine::RandomStream stream(1, engine::Purpose::test);
  const Position choc = 10;
  const Position kale = 0;
  const double first = 1 / (1 + std::exp(-0.5));
  // The exponential makes a last digit of the exponent several of its own.
  EXPECT_NEAR(environment.step(state, {&choc, 1}, stream).expected_reward, std::exp(5 * first + 2), 1e-12);
  EXPECT_DOUBLE_EQ(state.exposure, 0.7 - 1);
  const double second = 1 / (1 + std::exp(0.15));
  const Outcome outcome = environment.step(state, {&kale, 1}, stream);
  EXPECT_NEAR(outcome.expected_reward, std::exp(4 * second), 1e-12);
  EXPECT_DOUBLE_EQ(outcome.reward, outcome.expected_reward) << "without spread the reward is its mean";
  EXPECT_DOUBLE_EQ(state.exposure, -0.3 * 0.7 + 1);
}

TEST(ChocKale, LinearEngagementIsNormal) {
  const ChocKale environment({.log_normal = false});
  EXPECT_DOUBLE_EQ(environment.expected_engagement(0.5, 1), 2.5);
  EXPECT_DOUBLE_EQ(environment.expected_engagement(0.5, 0.5), 2.25);
}

TEST(ChocKale, HidesItsStateAndClipsWhatIsSeen) {
  const ChocKale environment({.choc_mean = 10});
  Session<ChocKale> a(environment);
  Session<ChocKale> b(environment);
  test::begin(a, {1, engine::Purpose::test, 0, 1});
  test::begin(b, {1, engine::Purpose::test, 0, 2});
  ASSERT_NE(a.state().exposure, b.state().exposure);
  for (std::size_t i = 0; i < 11; ++i) {
    EXPECT_EQ(test::observed(a).candidates[i].score, test::observed(b).candidates[i].score);
    EXPECT_NEAR(*test::observed(a).candidates[i].clickbait, 0.1 * static_cast<double>(i), 1e-15);
  }
  const Outcome outcome = test::show(a, {10}, {1, engine::Purpose::test, 1, 1});
  EXPECT_EQ(test::observed(a).events[0].engagement, std::min(outcome.reward, 100.0));
}

TEST(ChocKale, FirstExposureIsUniformAndNoiseHasItsSpread) {
  const ChocKale environment;
  double sum = 0;
  double squares = 0;
  double drift = 0;
  constexpr int draws = 20000;
  for (std::uint32_t i = 0; i < draws; ++i) {
    engine::RandomStream stream(test::seed, engine::Purpose::test, 0, i);
    ChocKale::State state = environment.reset(stream);
    ASSERT_LE(std::abs(state.exposure), 0.5 / 0.3);
    sum += state.exposure;
    squares += state.exposure * state.exposure;
    const double before = environment.next_exposure(state.exposure, 0.5);
    const Position middle = 5;
    environment.step(state, {&middle, 1}, stream);
    drift += (state.exposure - before) * (state.exposure - before);
  }
  const double variance = std::pow(1 / 0.3, 2) / 12;
  EXPECT_NEAR(sum / draws, 0, 4 * std::sqrt(variance / draws));
  EXPECT_NEAR(squares / draws, variance, 4 * variance / std::sqrt(draws));
  EXPECT_NEAR(drift / draws, 0.0025, 4 * 0.0025 * std::sqrt(2.0 / draws));
}

// The mean of the rewards as drawn is the mean of the rewards expected given the latent state.
TEST(ChocKale, RewardsHaveTheMeanExpectedOfThem) {
  const ChocKale environment({.sensitivity = 0.1});
  std::vector<double> difference;
  for (std::uint32_t i = 0; i < 50000; ++i) {
    engine::RandomStream stream(test::seed, engine::Purpose::test, 1, i);
    ChocKale::State state = environment.reset(stream);
    const Position slate = i % 11;
    const Outcome outcome = environment.step(state, {&slate, 1}, stream);
    difference.push_back(outcome.reward / outcome.expected_reward - 1);
  }
  const Estimate mean = estimate(difference);
  EXPECT_NEAR(mean.mean, 0, 4 * mean.standard_error) << "seed " << test::seed;
}

}  // namespace
}  // namespace infodiet::rl
