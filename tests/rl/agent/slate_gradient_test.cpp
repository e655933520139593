#include "rl/agent/slate_gradient.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "engine/errors.hpp"
#include "rl/agent/plackett_luce.hpp"
#include "rl/runs/simulate.hpp"
#include "tests/rl/enumerate.hpp"

namespace infodiet::rl {
namespace {

// Two steps of slates of 3 from 6 items, 120 slates each; what the second earns depends on the first. A policy of six
// scores shared by both steps.
constexpr std::size_t item_count = 6;
using SixScores = std::array<double, item_count>;
using Slate = std::vector<Position>;
constexpr double beta = 0.3;

double first_reward(const Slate& slate) {
  constexpr std::array<double, item_count> worth{0.2, 1.0, -0.5, 0.4, 2.0, 0.0};
  return worth[slate[0]] + 0.5 * worth[slate[1]] + 0.25 * worth[slate[2]];
}
double second_reward(const Slate& before, const Slate& slate) {
  double fresh = 0;
  for (const Position item : slate) fresh += std::find(before.begin(), before.end(), item) == before.end();
  return fresh * (1 + 0.1 * slate[0]);
}

double objective(const SixScores& z) {
  const auto slates = test::ordered_slates(item_count, 3);
  std::vector<double> p;
  for (const Slate& slate : slates) p.push_back(std::exp(slate_log_probability(z, slate)));
  double value = 0;
  for (std::size_t a = 0; a < slates.size(); ++a) {
    value += p[a] * first_reward(slates[a]);
    for (std::size_t b = 0; b < slates.size(); ++b) value += p[a] * p[b] * second_reward(slates[a], slates[b]);
  }
  return value;
}

SixScores enumerated_gradient(const SixScores& z) {
  const auto slates = test::ordered_slates(item_count, 3);
  std::vector<double> p;
  for (const Slate& slate : slates) p.push_back(std::exp(slate_log_probability(z, slate)));
  SixScores gradient{};
  for (std::size_t a = 0; a < slates.size(); ++a) {
    double to_go = first_reward(slates[a]);
    for (std::size_t b = 0; b < slates.size(); ++b) {
      const double second = second_reward(slates[a], slates[b]);
      to_go += p[b] * second;
      add_slate_gradient(z, slates[b], {.advantage = p[a] * p[b] * second}, gradient);
    }
    add_slate_gradient(z, slates[a], {.advantage = p[a] * to_go}, gradient);
  }
  return gradient;
}

SixScores enumerated_entropy_gradient(const SixScores& z) {
  SixScores gradient{};
  for (const Slate& slate : test::ordered_slates(item_count, 3)) {
    add_slate_gradient(z, slate, {.entropy = 2 * std::exp(slate_log_probability(z, slate))}, gradient);
  }
  return gradient;
}

constexpr SixScores some_scores{0.3, -0.6, 1.0, 0.0, 0.5, -1.2};

TEST(SlateGradient, EnumeratedMatchesFiniteDifferences) {
  const SixScores gradient = enumerated_gradient(some_scores);
  for (std::size_t i = 0; i < item_count; ++i) {
    constexpr double h = 1e-4;
    SixScores up = some_scores;
    SixScores down = some_scores;
    up[i] += h;
    down[i] -= h;
    EXPECT_NEAR(gradient[i], (objective(up) - objective(down)) / (2 * h), 1e-7) << "score " << i;
  }
}

TEST(SlateGradient, EstimatorIsUnbiased) {
  constexpr std::uint64_t seed = 9;
  constexpr std::size_t group = 4;
  constexpr std::size_t groups = 20000;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::array<std::vector<double>, item_count> estimates;
  for (std::uint32_t g = 0; g < groups; ++g) {
    engine::RandomStream stream(seed, engine::Purpose::test, 0, g);
    std::array<std::array<Slate, 2>, group> shown;
    std::array<double, 2 * group> rewards{};
    for (std::size_t m = 0; m < group; ++m) {
      for (Slate& slate : shown[m]) {
        slate.resize(3);
        sample_slate(some_scores, stream, slate);
      }
      rewards[2 * m] = first_reward(shown[m][0]);
      rewards[2 * m + 1] = second_reward(shown[m][0], shown[m][1]);
    }
    std::array<double, 2 * group> advantages{};
    const std::array<double, 2 * group> no_values{};
    generalised_advantages({rewards.data(), group, 2}, {no_values.data(), group, 2}, {}, {advantages.data(), group, 2});
    leave_one_out({advantages.data(), group, 2}, group);
    SixScores gradient{};
    for (std::size_t m = 0; m < group; ++m) {
      for (std::size_t t = 0; t < 2; ++t) {
        add_slate_gradient(some_scores, shown[m][t], {.advantage = advantages[2 * m + t], .entropy = beta}, gradient);
      }
    }
    for (std::size_t i = 0; i < item_count; ++i) estimates[i].push_back(gradient[i] / group);
  }
  SixScores expected = enumerated_gradient(some_scores);
  const SixScores entropy = enumerated_entropy_gradient(some_scores);
  for (std::size_t i = 0; i < item_count; ++i) expected[i] += beta * entropy[i];
  for (std::size_t i = 0; i < item_count; ++i) {
    const Estimate mean = estimate(estimates[i]);
    EXPECT_NEAR(mean.mean, expected[i], 4 * mean.standard_error) << "score " << i;
    EXPECT_LT(mean.standard_error, 0.02);
  }
}

TEST(SlateGradient, AdvantagesAreRewardToGoLessTheOthers) {
  const std::vector<double> rewards{1, 2, 3, 4, 10, 20};  // three sessions of two steps
  const auto advantages_at = [&](double discount) {
    std::vector<double> advantages(6);
    const std::vector<double> no_values(6);
    generalised_advantages({rewards.data(), 3, 2}, {no_values.data(), 3, 2}, {.discount = discount},
                           {advantages.data(), 3, 2});
    leave_one_out({advantages.data(), 3, 2}, 3);
    return advantages;
  };
  EXPECT_EQ(advantages_at(1), (std::vector<double>{3 - 18.5, 2 - 12.0, 7 - 16.5, 4 - 11.0, 30 - 5.0, 20 - 3.0}));
  EXPECT_EQ(advantages_at(0.5), (std::vector<double>{2 - 12.5, 2 - 12.0, 5 - 11.0, 4 - 11.0, 20 - 3.5, 20 - 3.0}));
}

TEST(SlateGradient, RefusesWhatDoesNotFit) {
  std::vector<double> rewards(6);
  EXPECT_THROW(leave_one_out({rewards.data(), 3, 2}, 1), ShapeError);
  EXPECT_THROW(leave_one_out({rewards.data(), 3, 2}, 2), ShapeError);
  EXPECT_THROW(generalised_advantages({rewards.data(), 3, 2}, {rewards.data(), 3, 2}, {}, {rewards.data(), 2, 3}),
               ShapeError);
}

TEST(SlateGradient, AdvantagesAreClippedOnTheWayOnly) {
  EXPECT_DOUBLE_EQ(clipped_advantage(2, 0, 0.2), 2);
  EXPECT_DOUBLE_EQ(clipped_advantage(2, std::log(1.1), 0.2), 2.2);
  EXPECT_EQ(clipped_advantage(2, std::log(1.3), 0.2), 0) << "it is likelier enough";
  EXPECT_DOUBLE_EQ(clipped_advantage(2, std::log(0.5), 0.2), 1) << "it became less likely, and should not";
  EXPECT_EQ(clipped_advantage(-2, std::log(0.7), 0.2), 0);
  EXPECT_DOUBLE_EQ(clipped_advantage(-2, std::log(1.5), 0.2), -3);
}

TEST(SlateGradient, GeneralisedAdvantages) {
  const std::vector<double> rewards{1, 0, 2, 0, 3, 1};
  const std::vector<double> values{0.5, 1, -1, 2, 0, 1};
  std::vector<double> advantages(6);
  const auto with = [&](const Horizon& horizon) {
    generalised_advantages({rewards.data(), 2, 3}, {values.data(), 2, 3}, horizon, {advantages.data(), 2, 3});
  };
  with({.discount = 0.5, .trace = 1});
  const std::vector<double> to_go{1.5, 1, 2, 1.75, 3.5, 1};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_DOUBLE_EQ(advantages[i], to_go[i] - values[i]) << i;
  with({.discount = 0.5, .trace = 0});
  EXPECT_DOUBLE_EQ(advantages[0], 1 + 0.5 * 1 - 0.5);
  EXPECT_DOUBLE_EQ(advantages[2], 2 - -1) << "nothing comes after the last step";
  with({.discount = 1, .trace = 0.5});
  // Differences of single steps in the first session: 1.5, -2, 3.
  EXPECT_DOUBLE_EQ(advantages[2], 3);
  EXPECT_DOUBLE_EQ(advantages[1], -2 + 0.5 * 3);
  EXPECT_DOUBLE_EQ(advantages[0], 1.5 + 0.5 * -0.5);
  EXPECT_THROW(generalised_advantages({rewards.data(), 2, 3}, {values.data(), 3, 2}, {}, {advantages.data(), 2, 3}),
               ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
