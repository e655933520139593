#include "recsys/evaluation/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/small_dataset.hpp"
#include "tests/support/table_recommender.hpp"

namespace infodiet::recsys {
namespace {

using Items = std::vector<ItemIndex>;

/// Five people over six items: one repeats, one has tied times, one is too new, one wants what nobody learns from.
Examination examined(Repeats repeats) {
  Examination examination;
  examination.protocol = leave_one_out;
  examination.data = test::small_dataset({{0, 1, 2, 0}, {1, 2, 3}, {4}, {0, 1, 5}, {2, 2, 1, 3}}, 6,
                                         {{1, 2, 3, 9}, {4, 5, 5}, {6}, {7, 8, 20}, {3, 3, 4, 6}});
  examination.training = training_part(examination.data, {});
  examination.repeats = repeats;
  examination.holdout = Holdout{};
  std::vector<EvaluationCase> cases = test_cases(examination.data, {});
  examination.judged = judged_cases(cases, repeats);
  return examination;
}

TEST(Audit, CountsWhatCouldFlatter) {
  const Examination examination = examined(Repeats::allow);
  const CaseAudit audit = audit_cases(examination);
  EXPECT_EQ(audit.people, 5U);
  EXPECT_EQ(audit.cases, 4U);
  EXPECT_EQ(audit.without_case, 1U);
  EXPECT_EQ(audit.targets, 4U);
  EXPECT_EQ(audit.repeated, 1U);
  EXPECT_EQ(audit.forbidden, 0U);
  EXPECT_EQ(audit.tied, 1U) << "user 2 consumed items 2 and 3 in one moment";
  EXPECT_EQ(audit.cold_targets, 3U) << "items 3, 3 and 5";
  EXPECT_EQ(audit.cold_people, 0U);
  EXPECT_EQ(audit.duplicates, 1U);
  EXPECT_EQ(audit.training, examination.training.items.size());
  EXPECT_EQ(audit.later, 0U);
  const CaseAudit forbidding = audit_cases(examined(Repeats::forbid));
  EXPECT_EQ(forbidding.cases, 3U);
  EXPECT_EQ(forbidding.forbidden, 1U);
  EXPECT_EQ(forbidding.repeated, 0U);
  EXPECT_EQ(forbidding.without_case, 2U) << "one is too new, one asks only for what they had";
}

TEST(Audit, TellsMomentsOfOneSecondApart) {
  Examination examination = examined(Repeats::allow);
  examination.data.nanoseconds.assign(examination.data.items.size(), 0);
  examination.data.nanoseconds[6] = 1;   // item 3 of user 2 came just after item 2
  examination.data.nanoseconds[12] = 1;  // as did the second item 2 of user 5 after the first
  const CaseAudit audit = audit_cases(examination);
  EXPECT_EQ(audit.tied, 0U);
  EXPECT_EQ(audit.duplicates, 0U);
}

TEST(Audit, CountsWhatTrainingHasOfTheTimeAfterTheCut) {
  Examination examination = examined(Repeats::allow);
  examination.cut = 3;
  EXPECT_EQ(audit_cases(examination).cut, 3);
  EXPECT_EQ(audit_cases(examination).later, 5U) << "times 3, 4, 6, 7 and 3, of which what is at the cut lies after it";
}

TEST(Audit, ShufflesHistoriesAndNothingElse) {
  const Dataset data = test::small_dataset({{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}, 10);
  const std::vector<EvaluationCase> cases = test_cases(data, {});
  ShuffledCases made(cases, 3);
  const ShuffledCases shuffled = std::move(made);
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const EvaluationCase& one = shuffled.cases()[c];
    Items before(cases[c].history.items.begin(), cases[c].history.items.end());
    Items after(one.history.items.begin(), one.history.items.end());
    EXPECT_NE(before, after);
    std::sort(before.begin(), before.end());
    std::sort(after.begin(), after.end());
    EXPECT_EQ(before, after);
    EXPECT_EQ(one.targets.data(), cases[c].targets.data());
    EXPECT_EQ(one.user, cases[c].user);
  }
}

TEST(Audit, GroupsHoldEveryCaseOnce) {
  const Examination examination = examined(Repeats::allow);
  engine::ThreadPool pool(1);
  const test::TableRecommender model(std::vector<std::vector<float>>(5, {6, 5, 4, 3, 2, 1}));
  const RankedCases ranked = rank_cases(model, examination.judged.cases, 0, pool, Repeats::allow);
  const std::vector<CaseGroup> groups = groups_of(examination, ranked);
  std::size_t cases = 0;
  for (const CaseGroup& group : groups) {
    cases += group.cases;
    EXPECT_EQ(group.hit_rate, 1) << "everything is among the first ten of six";
  }
  EXPECT_EQ(cases, 2 * examination.judged.cases.size());
  EXPECT_EQ(groups.front().name, "history of 2 to 2");
  const Interval gain = order_gain(model, examination, ranked, 1, pool);
  EXPECT_EQ(gain.mean, 0) << "a model that uses only the length gains nothing from order";
}

}  // namespace
}  // namespace infodiet::recsys
