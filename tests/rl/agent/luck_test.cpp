#include "rl/agent/luck.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/errors.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::rl {
namespace {

double size_of(const std::vector<double>& numbers) {
  double squares = 0;
  for (const double number : numbers) squares += number * number;
  return std::sqrt(squares / static_cast<double>(numbers.size()));
}

// Sessions of slates of two, of which the first is chosen, or nothing, by chance.
struct LuckOfSessions {
  static constexpr std::size_t steps = 20;
  static constexpr std::size_t rows = 1000 * steps;
  static constexpr std::size_t slate = 2;

  AgentModel model{{.topics = 2, .width = 8}, 3};
  engine::RandomStream stream{5, engine::Purpose::test};
  engine::Matrix<float> events = test::normal_matrix<float>(rows, model.features().event_size(), stream);
  engine::Matrix<float> items = test::normal_matrix<float>(rows * slate, model.features().offer_size(), stream);
  engine::Matrix<float> states = test::normal_matrix<float>(rows, model.state_size(), stream);
  engine::Matrix<float> outcomes{{rows, slate + 1}, 0.0F};
  std::vector<double> chosen = std::vector<double>(rows);
  std::vector<double> values = std::vector<double>(rows);
  Luck luck{model.features()};

  LuckOfSessions() {
    for (std::size_t r = 0; r < rows; ++r) {
      chosen[r] = stream.uniform() < 0.5 ? 1 : 0;
      outcomes(r, 0) = static_cast<float>(chosen[r]);
    }
  }

  std::vector<double> rest(const std::vector<double>& rewards, const std::vector<double>& expected) {
    std::vector<double> rest(rows);
    const ObservedSteps<float> seen{steps, events, items, outcomes};
    luck.expect(model, seen);
    luck.remove(model, {.seen = seen, .states = states, .rewards = rewards, .expected = expected, .values = values},
                rest);
    return rest;
  }
};

TEST(Luck, NoiseOfRewardsIsRemoved) {
  LuckOfSessions sessions;
  constexpr std::size_t rows = LuckOfSessions::rows;
  std::vector<double> expected(rows);
  std::vector<double> rewards(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    expected[r] = 3 + static_cast<double>(sessions.states(r, 0));
    rewards[r] = expected[r] + 20 * sessions.stream.normal();
  }
  std::vector<double> rest = sessions.rest(rewards, expected);
  for (std::size_t r = 0; r < rows; ++r) rest[r] -= expected[r];
  EXPECT_LT(size_of(rest), 1) << "of a noise of 20";
}

TEST(Luck, WhatAClickLeadsToIsSetOffAgainstIt) {
  // A click earns 1 and lowers the value of what comes by .8, so that only .2 of its luck is left in both together. The
  // user model, which has learned nothing, thinks all choices alike: that chance is half is in the constant.
  LuckOfSessions sessions;
  for (std::size_t r = 0; r < LuckOfSessions::rows; ++r) {
    sessions.values[r] = r % LuckOfSessions::steps == 0 ? 1 : 1 - 0.8 * sessions.chosen[r - 1];
  }
  const std::vector<double>& rewards = sessions.chosen;
  const std::vector<double> rest = sessions.rest(rewards, std::vector<double>(LuckOfSessions::rows, 0.5));
  std::vector<double> with;
  std::vector<double> without;
  double mean = 0;
  for (std::size_t r = 0; r + 1 < LuckOfSessions::rows; ++r) {
    if ((r + 1) % LuckOfSessions::steps == 0) continue;
    with.push_back(rewards[r] + sessions.values[r + 1] - 1.1);
    without.push_back(rest[r] + sessions.values[r + 1]);
    mean += without.back();
  }
  for (double& value : without) value -= mean / static_cast<double>(without.size());
  EXPECT_NEAR(size_of(with), 0.1, 0.01);
  EXPECT_LT(size_of(without), 0.05);
}

TEST(Luck, WithoutLuckRewardsStay) {
  LuckOfSessions sessions;
  for (float& outcome : sessions.outcomes) outcome = 0;
  sessions.model = AgentModel({.topics = 2, .width = 8, .memory = UserMemory::no}, 3);
  const std::vector<double> rewards(LuckOfSessions::rows, 2);
  for (const double left : sessions.rest(rewards, rewards)) ASSERT_DOUBLE_EQ(left, 2);
}

TEST(Luck, WhatWasNotExpectedIsRefused) {
  LuckOfSessions sessions;
  const std::vector<double>& rewards = sessions.chosen;
  std::vector<double> rest(LuckOfSessions::rows);
  EXPECT_THROW(
      sessions.luck.remove(sessions.model,
                           {.seen = {LuckOfSessions::steps, sessions.events, sessions.items, sessions.outcomes},
                            .states = sessions.states,
                            .rewards = rewards,
                            .expected = rewards,
                            .values = sessions.values},
                           rest),
      ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
