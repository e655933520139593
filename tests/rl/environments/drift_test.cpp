#include "rl/environments/drift.hpp"

#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "rl/environments/drift_optimum.hpp"
#include "rl/policies/simple.hpp"
#include "rl/runs/diet_recorder.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

constexpr double five_digits = 5e-6;

Drift::State taste(std::array<std::uint8_t, Drift::most_topics> units) {
  return {.units = units};
}

TEST(Drift, AClickMovesAUnitFromTheWeakestOtherTopicThatHasAny) {
  const Drift environment;
  EXPECT_EQ(environment.start(), taste({2, 2, 2, 2}));
  EXPECT_EQ(environment.after_click(taste({2, 2, 2, 2}), 0), taste({3, 2, 2, 1})) << "of equals the last";
  EXPECT_EQ(environment.after_click(taste({4, 1, 3, 0}), 0), taste({5, 0, 3, 0}));
  EXPECT_EQ(environment.after_click(taste({0, 0, 8, 0}), 2), taste({0, 0, 8, 0})) << "there is nothing to take";
  EXPECT_EQ(environment.after_click(taste({0, 0, 8, 0}), 3), taste({0, 0, 7, 1}));
}

TEST(Drift, WorthFollowsItsAssumptions) {
  const Drift environment;
  EXPECT_DOUBLE_EQ(environment.worth(environment.start(), 0), 4 * 0.25 + 1.5);
  EXPECT_DOUBLE_EQ(environment.worth(taste({0, 8, 0, 0}), 1), 4);
  EXPECT_DOUBLE_EQ(environment.worth_of_nothing(environment.start()), 2);
  EXPECT_DOUBLE_EQ(environment.worth_of_nothing(taste({0, 8, 0, 0})), 10);
  EXPECT_DOUBLE_EQ(environment.effective_topics(environment.start()), 4);
  EXPECT_DOUBLE_EQ(environment.effective_topics(taste({0, 8, 0, 0})), 1);
}

struct Row {
  DriftRule rule;
  double value;
  double on_the_way;
  double at_the_end;
};

TEST(DriftOptimum, AgreesWithTheExactFiguresAtTheDefaults) {
  const Drift environment;
  const std::vector<Row> rows{{DriftRule::optimum, 10.374557, 2.8306, 1.6757},
                              {DriftRule::random, 6.667974, 2.0387, 1.4634},
                              {DriftRule::greedy, 6.561265, 1.6143, 1.1123},
                              {DriftRule::most_varied, 7.951828, 3.1371, 3.0539}};
  for (const Row& row : rows) {
    const DriftFigures figures = drift_figures(environment, row.rule);
    EXPECT_NEAR(figures.value, row.value, five_digits);
    EXPECT_NEAR(figures.topics_on_the_way, row.on_the_way, 5e-5);
    EXPECT_NEAR(figures.topics_at_the_end, row.at_the_end, 5e-5);
    EXPECT_EQ(figures.value, figures.clicks) << "breadth weighs nothing";
  }
}

TEST(DriftOptimum, AgreesWithTheExactFiguresElsewhere) {
  struct Case {
    DriftOptions options;
    double optimum;
    double greedy;
    double random;
  };
  const std::vector<Case> cases{
      {{.slate = 1}, 8.734791, 5.982042, 5.513324},
      {{.slate = 3}, 9.588257, 6.979304, 7.108987},
      {{.taste = 0}, 6.538297, 4.371871, 4.712554},
      {{.topics = 3, .units = 3, .steps = 3}, 1.497767, 1.497767, 1.289251},
  };
  for (const Case& known : cases) {
    const Optimum optimum = solve_drift(Drift(known.options));
    EXPECT_NEAR(optimum.value, known.optimum, five_digits);
    EXPECT_NEAR(optimum.greedy, known.greedy, five_digits);
    EXPECT_NEAR(optimum.random, known.random, five_digits);
    EXPECT_EQ(optimum.error, 0);
  }
}

TEST(DriftOptimum, BuysBreadthWithClicksAsItWeighsMore) {
  struct Case {
    double breadth;
    double value;
    double clicks;
    double on_the_way;
  };
  for (const Case& known : {Case{0.1, 12.921696, 10.2847, 2.978}, Case{0.25, 16.945461, 10.1459, 3.040},
                            Case{0.5, 23.843462, 9.9114, 3.090}, Case{1, 37.941573, 9.4827, 3.134}}) {
    const Drift environment({.breadth = known.breadth});
    const DriftFigures figures = drift_figures(environment, DriftRule::optimum);
    EXPECT_NEAR(figures.value, known.value, five_digits);
    EXPECT_NEAR(figures.value, environment.solve()->value, 1e-12) << "forward and backward agree";
    EXPECT_NEAR(figures.clicks, known.clicks, 5e-5);
    EXPECT_NEAR(figures.topics_on_the_way, known.on_the_way, 5e-4);
  }
}

TEST(DriftOptimum, IsWhatSimulatedPoliciesEarn) {
  const Drift environment({.breadth = 0.25});
  const auto optimum = environment.solve();
  test::expect_agrees(environment, *optimum->policy, 4000, optimum->value);
  test::expect_agrees(environment, GreedyPolicy(), 4000, optimum->greedy);
  test::expect_agrees(environment, RandomPolicy(), 4000, optimum->random);
  test::expect_agrees(environment, MostVariedPolicy(), 4000, drift_figures(environment, DriftRule::most_varied).value);
}

TEST(Drift, TastesAreRecorded) {
  const Drift environment;
  const SessionPlan plan{.seed = test::seed, .count = 4000};
  DietRecorder recorder(plan);
  engine::ThreadPool pool(2);
  simulate(environment, GreedyPolicy(), plan, pool, &recorder);
  const auto on_the_way = recorder.taste_on_the_way();
  const auto at_the_end = recorder.taste_at_the_end();
  ASSERT_TRUE(on_the_way && at_the_end);
  EXPECT_NEAR(on_the_way->estimate.mean, 1.6143, 4 * on_the_way->estimate.standard_error);
  EXPECT_NEAR(at_the_end->estimate.mean, 1.1123, 4 * at_the_end->estimate.standard_error);
}

TEST(Drift, RefusesWhatMakesNoSense) {
  EXPECT_THROW(Drift({.taste = -1}), recsys::SettingError);
  EXPECT_THROW(Drift({.units = 0}), recsys::SettingError);
  EXPECT_THROW(Drift({.topics = 2, .slate = 3}), recsys::SettingError);
  EXPECT_THROW(Drift({.steps = 201}), recsys::SettingError);
}

}  // namespace
}  // namespace infodiet::rl
