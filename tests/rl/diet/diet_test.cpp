#include "rl/diet/diet.hpp"

#include <gtest/gtest.h>

#include <set>

#include "rl/environments/choc_kale.hpp"
#include "rl/policies/rerank.hpp"
#include "rl/policies/simple.hpp"
#include "rl/runs/diet_recorder.hpp"
#include "rl/session.hpp"
#include "tests/rl/catalogue_world.hpp"
#include "tests/rl/constant_policy.hpp"

namespace infodiet::rl {
namespace {

std::size_t metric(std::string_view name) {
  for (std::size_t m = 0; m < diet_metrics().size(); ++m) {
    if (diet_metrics()[m].name == name) return m;
  }
  ADD_FAILURE() << "no metric " << name;
  return 0;
}

// Two steps by hand: slates (0, 1) and (1, 2); the first item is chosen, then nothing.
TEST(Diet, KeepsShownConsumedAvailableAndInterestApart) {
  constexpr std::array<std::array<Topic, 1>, 3> topics{{{0}, {1}, {2}}};
  std::vector<Candidate> items(3);
  for (std::size_t i = 0; i < 3; ++i) items[i] = {.item = static_cast<std::uint32_t>(i), .topics = topics[i]};
  items[0].minutes = 4;
  items[0].quality = 0.5;
  items[2].clickbait = 1;
  const std::vector<Candidate> shown{items[0], items[1], items[1], items[2]};
  const std::vector<Event> events{{.chosen = 0, .engagement = 4}, {}};
  const std::vector<double> interest{0, 1, 0};
  const Diet diet = diet_of({.step = 2,
                             .steps = 2,
                             .slate_size = 2,
                             .topics = 3,
                             .candidates = {items[1], items[2]},
                             .events = events,
                             .shown = shown,
                             .interest = interest,
                             .attention = 3});
  EXPECT_EQ(diet.available.items, 3U);
  EXPECT_DOUBLE_EQ(*diet.available.effective_topics, 3);
  EXPECT_EQ(diet.shown.items, 4U);
  EXPECT_EQ(*diet.shown.shares, (std::vector<double>{0.25, 0.5, 0.25}));
  EXPECT_EQ(diet.shown.intra_list_diversity, 1.0);
  EXPECT_EQ(diet.shown.sugar, 1.0);
  EXPECT_EQ(diet.consumed.items, 1U);
  EXPECT_EQ(diet.consumed.effective_topics, 1.0);
  EXPECT_EQ(diet.consumed.nutrition, 0.5);
  EXPECT_EQ(diet.consumed.sugar, std::nullopt) << "unknown, not 0";
  EXPECT_EQ(diet.consumed.minutes, 4.0);
  EXPECT_LT(*diet.shown_calibration.divergence, *diet.consumed_calibration.divergence);
  EXPECT_EQ(diet.overload, 0.25);
  EXPECT_EQ(diet.bubble_index, std::nullopt);
  EXPECT_EQ(diet.terms.engagement, 4.0);
  EXPECT_EQ(diet.terms.overload, 1.0);
  EXPECT_EQ(diet.terms.novelty, std::nullopt);
}

TEST(Diet, MetricNamesAreDistinct) {
  std::set<std::string> names;
  for (const DietMetric& known : diet_metrics()) names.insert(known.name);
  EXPECT_EQ(names.size(), diet_metrics().size());
}

TEST(DietRecorder, ShowsThatMmrIsMoreVariedThanGreedyOnAnyNumberOfThreads) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment environment =
      test::world_environment(catalogue, {.engagement = 1}, {.candidates = 20, .slate = 4, .steps = 10});
  const SessionPlan plan{.seed = 8, .count = 600, .sessions_each = 2};
  engine::ThreadPool one(1);
  engine::ThreadPool two(2);
  DietRecorder greedy(plan);
  DietRecorder again(plan);
  DietRecorder mmr(plan);
  simulate(environment, GreedyPolicy(), plan, one, &greedy);
  simulate(environment, GreedyPolicy(), plan, two, &again);
  simulate(environment, MmrPolicy(0.3), plan, two, &mmr);
  const std::size_t shown = metric("shown.effective_topics");
  const auto of_greedy = greedy.summary(shown);
  ASSERT_TRUE(of_greedy);
  EXPECT_EQ(of_greedy->sessions, 600U);
  EXPECT_EQ(of_greedy->estimate.mean, again.summary(shown)->estimate.mean);
  EXPECT_EQ(greedy.consumed_fragmentation(), again.consumed_fragmentation());
  EXPECT_GT(mmr.summary(shown)->estimate.mean, of_greedy->estimate.mean + 0.5);
  EXPECT_GT(*greedy.consumed_fragmentation(), 0);
}

TEST(DietRecorder, HasNoNumberWhereNothingIsKnown) {
  const ChocKale environment({.steps = 5});
  const SessionPlan plan{.seed = 8, .count = 10};
  engine::ThreadPool pool(1);
  DietRecorder recorder(plan);
  simulate(environment, test::ConstantPolicy({10}), plan, pool, &recorder);
  EXPECT_FALSE(recorder.summary(metric("consumed.effective_topics")));
  EXPECT_FALSE(recorder.summary(metric("overload")));
  EXPECT_FALSE(recorder.consumed_fragmentation());
  EXPECT_DOUBLE_EQ(recorder.summary(metric("consumed.sugar"))->estimate.mean, 1);
}

}  // namespace
}  // namespace infodiet::rl
