#include "rl/environments/satiation.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "rl/environments/exploration.hpp"
#include "rl/environments/satiation_optimum.hpp"
#include "rl/policies/simple.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

// A second implementation of the model, on plain lists.
struct Window {
  std::vector<int> outcomes;  // item, or -1

  Window then(int outcome, std::size_t length) const {
    Window next = *this;
    next.outcomes.push_back(outcome);
    if (next.outcomes.size() > length) next.outcomes.erase(next.outcomes.begin());
    return next;
  }
  double weight(int item) const {
    constexpr double tastes[] = {1, 0.7, 0.4, 0.1};
    double worth = tastes[item / 2] + (item % 2 == 1 ? 1 : 0);
    for (const int past : outcomes) worth -= past >= 0 && past / 2 == item / 2 ? 0.5 : 0;
    return std::exp(worth);
  }
  double weight_of_nothing() const {
    double worth = 0;
    for (const int past : outcomes) worth += past >= 0 && past % 2 == 1 ? 0.6 : 0;
    return std::exp(worth);
  }
};

double best_value(const Window& window, std::size_t slate, std::size_t length, int steps) {
  if (steps == 0) return 0;
  double best = 0;
  for (unsigned set = 0; set < 256; ++set) {
    if (static_cast<std::size_t>(std::popcount(set)) != slate) continue;
    double total = window.weight_of_nothing();
    double sum = total * best_value(window.then(-1, length), slate, length, steps - 1);
    for (int item = 0; item < 8; ++item) {
      if ((set >> item & 1) == 0) continue;
      total += window.weight(item);
      sum += window.weight(item) * (1 + best_value(window.then(item, length), slate, length, steps - 1));
    }
    best = std::max(best, sum / total);
  }
  return best;
}

TEST(Satiation, OptimumEqualsBruteForceOnTinyInstances) {
  EXPECT_NEAR(solve_satiation(Satiation({.slate = 3, .steps = 2})).value, best_value({}, 3, 5, 2), 1e-12);
  EXPECT_NEAR(solve_satiation(Satiation({.slate = 1, .window = 2, .steps = 4})).value, best_value({}, 1, 2, 4), 1e-12);
  EXPECT_NEAR(solve_satiation(Satiation({.slate = 7, .window = 0, .steps = 3})).value, best_value({}, 7, 0, 3), 1e-12);
}

TEST(Satiation, ReproducesTheKnownReturnsAndSimulationsAgree) {
  const Satiation environment;
  const Optimum optimum = solve_satiation(environment);
  EXPECT_NEAR(optimum.value, 16.224, 5e-4);
  EXPECT_NEAR(optimum.greedy, 13.272, 5e-4);
  EXPECT_NEAR(optimum.random, 13.229, 5e-4);
  EXPECT_EQ(optimum.error, 0);
  test::expect_agrees(environment, *optimum.policy, 20000, optimum.value);
  test::expect_agrees(environment, GreedyPolicy(), 20000, optimum.greedy);
  test::expect_agrees(environment, RandomPolicy(), 20000, optimum.random);
}

TEST(Satiation, UtilitiesFollowTheMemory) {
  const Satiation environment;
  Satiation::State state;
  for (const std::uint32_t outcome : {2U, 2U, 0U, 3U})
    state = environment.after(state, outcome);  // item 1 twice, item 2
  const Satiation::Utilities worth = environment.utilities(state);
  EXPECT_DOUBLE_EQ(worth.item[0], 1 - 2 * 0.5);
  EXPECT_DOUBLE_EQ(worth.item[1], 2 - 2 * 0.5);
  EXPECT_DOUBLE_EQ(worth.item[2], 0.7 - 0.5);
  EXPECT_DOUBLE_EQ(worth.item[7], 1.1);
  EXPECT_DOUBLE_EQ(worth.nothing, 2 * 0.6);
  for (int i = 0; i < 5; ++i) state = environment.after(state, 0);
  EXPECT_EQ(state.memory, 0U) << "five outcomes later nothing is remembered";
}

TEST(Satiation, ShowsTopicQualityAndUtility) {
  const Satiation environment;
  const Candidate candidate = environment.candidate({}, 5);
  EXPECT_EQ(candidate.topics.size(), 1U);
  EXPECT_EQ(candidate.topics[0], 2U);
  EXPECT_EQ(candidate.quality, -1.0);
  EXPECT_DOUBLE_EQ(candidate.score, 1.4);
  EXPECT_EQ(candidate.clickbait, std::nullopt);
}

TEST(Satiation, RefusesWhatDoesNotFit) {
  EXPECT_THROW(Satiation({.slate = 9}), recsys::SettingError);
  EXPECT_THROW(Satiation({.window = 6}), recsys::SettingError);
  const Optimum optimum = solve_satiation(Satiation({.window = 1, .steps = 2}));
  EXPECT_THROW(test::mean_return(Exploration(), *optimum.policy, 4), ShapeError) << "an optimum is of one environment";
}

}  // namespace
}  // namespace infodiet::rl
