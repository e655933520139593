#include "recsys/data/repeats.hpp"

#include <gtest/gtest.h>

#include "engine/random.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/baselines/own_items.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/evaluation/ranks.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

using Items = std::vector<ItemIndex>;

TEST(Repeats, AreAllowedFromOneTargetInTwentyOn) {
  std::vector<Items> histories(20, Items{0, 1, 2, 3});
  EXPECT_EQ(usual_repeats(test::small_dataset(histories, 4), {}), Repeats::forbid);
  histories[7] = {0, 1, 0, 3};
  const Dataset data = test::small_dataset(histories, 4);
  EXPECT_DOUBLE_EQ(repeated_share(validation_cases(data, {})), 0.05);
  EXPECT_EQ(usual_repeats(data, {}), Repeats::allow);
  EXPECT_EQ(usual_repeats(data, {.kind = HoldoutKind::none}), Repeats::allow) << "by what leave-one-out would ask";
  EXPECT_EQ(usual_repeats(test::small_dataset({}, 4), {}), Repeats::forbid);
  EXPECT_EQ(parse_repeats(format_repeats(Repeats::allow)), Repeats::allow);
  EXPECT_EQ(parse_repeats(format_repeats(Repeats::forbid)), Repeats::forbid);
  EXPECT_FALSE(parse_repeats("Allow"));
}

TEST(Repeats, AForbiddenTargetIsNoCaseAndCounted) {
  const Items history = {0, 1, 1};
  const Items again = {1};
  const Items mixed = {2, 0, 3};
  const Items fresh = {3};
  const std::vector<EvaluationCase> cases = {{.user = 0, .history = {history, {}}, .targets = again},
                                             {.user = 1, .history = {history, {}}, .targets = mixed},
                                             {.user = 2, .history = {history, {}}, .targets = fresh}};
  EvaluationSet made = judged_cases(cases, Repeats::forbid);
  const EvaluationSet judged = std::move(made);
  EXPECT_EQ(judged.forbidden, 2U);
  ASSERT_EQ(judged.cases.size(), 2U);
  EXPECT_EQ(judged.cases[0].user, 1U);
  EXPECT_EQ(Items(judged.cases[0].targets.begin(), judged.cases[0].targets.end()), (Items{2, 3}));
  EXPECT_EQ(judged.cases[1].user, 2U);
  EXPECT_EQ(judged_cases(cases, Repeats::allow).cases.size(), 3U);
  EXPECT_EQ(judged_cases(cases, Repeats::allow).forbidden, 0U);
}

TEST(OwnItems, ComeByHowOftenAndThenByHowLately) {
  const OwnItems model(test::small_dataset({{4, 4, 4, 5}}, 7));
  const Items taken = {2, 0, 1, 0, 2, 3};
  const History history{taken, {}};
  std::vector<float> scores(7);
  model.score({&history, 1}, {scores.data(), 1, 7});
  Items order;
  for (const ScoredItem& one : top_k(scores, {}, 7)) order.push_back(one.item);
  EXPECT_EQ(order, (Items{2, 0, 3, 1, 4, 5, 6})) << "what is not their own comes after, by popularity";
  const Dataset data = test::small_dataset({{1, 2}}, 7);
  EXPECT_EQ(baselines_for(Repeats::forbid, data).size() + 1, baselines_for(Repeats::allow, data).size());
}

// What everybody consumes is drawn at random: nobody can foresee it, and no figure may say so.
TEST(Repeats, RandomDataScoreAtChanceWhateverTheModel) {
  constexpr std::size_t people = 600;
  engine::RandomStream random(11, engine::Purpose::test);
  std::vector<Items> histories(people);
  for (Items& history : histories) {
    for (std::size_t i = 0; i < 40; ++i) history.push_back(static_cast<ItemIndex>(random.below(10)));
  }
  const Dataset data = test::small_dataset(histories, 10);
  ASSERT_EQ(usual_repeats(data, {}), Repeats::allow);
  const Dataset training = training_part(data, {});
  engine::ThreadPool pool(1);
  for (const std::string_view name : baselines_for(Repeats::allow, training)) {
    const RankedCases ranked =
        rank_cases(*make_baseline(name, training), test_cases(data, {}), 0, pool, Repeats::allow);
    EXPECT_NEAR(mean(metric_per_case(Metric::hit_rate, ranked, 1)), 0.1, 0.04) << name;
    EXPECT_NEAR(mean(metric_per_case(Metric::hit_rate, ranked, 5)), 0.5, 0.07) << name;
  }
  const EvaluationSet judged = judged_cases(test_cases(data, {}), Repeats::forbid);
  EXPECT_EQ(judged.cases.size() + judged.forbidden, people);
  EXPECT_LT(judged.cases.size(), 0.05 * people) << "hardly anything is left to ask for";
}

}  // namespace
}  // namespace infodiet::recsys
