#include "recsys/data/split.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "recsys/data/time_kind.hpp"
#include "recsys/errors.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

using Items = std::vector<ItemIndex>;

Items items_of(std::span<const ItemIndex> items) {
  return {items.begin(), items.end()};
}

Items history_of(const Dataset& data, std::size_t user) {
  return items_of(data.history(user).items);
}

TEST(Holdout, IsReadAndWrittenInItsForms) {
  EXPECT_EQ(parse_holdout("last"), (Holdout{.kind = HoldoutKind::last}));
  EXPECT_EQ(parse_holdout("none"), (Holdout{.kind = HoldoutKind::none}));
  EXPECT_EQ(parse_holdout("temporal:0.8"), (Holdout{.kind = HoldoutKind::temporal, .quantile = 0.8}));
  for (const char* text : {"last", "none", "temporal:0.9", "temporal:0.123456789012345", "temporal:1e-05",
                           "temporal:0.9:first", "temporal:0.9:successive", "last:refit", "temporal:0.9:first:refit"}) {
    EXPECT_EQ(format_holdout(parse_holdout(text)), text);
  }
}

TEST(Holdout, RefusesEverythingElseNamingWhatIsKnown) {
  const std::string hostile[] = {"",
                                 "Last",
                                 "last ",
                                 "temporal",
                                 "temporal:",
                                 "temporal:0",
                                 "temporal:1",
                                 "temporal:-0.5",
                                 "temporal:nan",
                                 "temporal:inf",
                                 "temporal:0.9x",
                                 "temporal:0.9:",
                                 "temporal:0.9:next",
                                 "temporal:0.9:all:",
                                 "temporal: 0.9",
                                 "temporal:1e-999",
                                 "none:refit",
                                 "last:refit:refit",
                                 ":refit",
                                 std::string("last\0", 5),
                                 std::string(1 << 20, 'a')};
  for (const std::string& text : hostile) {
    SCOPED_TRACE(text.substr(0, 40));
    try {
      parse_holdout(text);
      FAIL() << "accepted";
    } catch (const DataError& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find("last, none, or temporal:Q"), std::string::npos) << message;
      EXPECT_LT(message.size(), 400U);
    }
  }
}

TEST(LeaveOneOut, HoldsOutTheLastTwoOfUsersWithThree) {
  const Dataset data = test::small_dataset({{4, 1, 2, 3}, {0, 1}, {2, 2, 2}, {}, {3}}, 5);
  const Holdout last;

  const Dataset training = training_part(data, last);
  EXPECT_EQ(training.users(), data.users());
  EXPECT_EQ(training.item_ids, data.item_ids);
  EXPECT_EQ(training.user_ids, data.user_ids);
  EXPECT_EQ(history_of(training, 0), (Items{4, 1}));
  EXPECT_EQ(history_of(training, 1), (Items{0, 1})) << "two interactions are training only";
  EXPECT_EQ(history_of(training, 2), (Items{2}));
  EXPECT_EQ(history_of(training, 3), Items{});
  EXPECT_EQ(history_of(training, 4), (Items{3}));

  const auto validation = validation_cases(data, last);
  ASSERT_EQ(validation.size(), 2U);
  EXPECT_EQ(validation[0].user, 0U);
  EXPECT_EQ(items_of(validation[0].history.items), (Items{4, 1}));
  EXPECT_EQ(items_of(validation[0].targets), (Items{2}));
  EXPECT_EQ(validation[1].user, 2U);
  EXPECT_EQ(items_of(validation[1].targets), (Items{2}));

  const auto test = test_cases(data, last);
  ASSERT_EQ(test.size(), 2U);
  EXPECT_EQ(items_of(test[0].history.items), (Items{4, 1, 2})) << "the validation item is history";
  EXPECT_EQ(items_of(test[0].targets), (Items{3}));
}

TEST(LeaveOneOut, RefitTrainsOnValidationItemsToo) {
  const Dataset data = test::small_dataset({{4, 1, 2, 3}, {0, 1}}, 5);
  const Holdout refit{.refit = true};
  EXPECT_EQ(history_of(training_part(data, refit), 0), (Items{4, 1, 2}));
  EXPECT_EQ(history_of(training_part(data, refit), 1), (Items{0, 1}));
  EXPECT_TRUE(validation_cases(data, refit).empty());
  EXPECT_EQ(items_of(test_cases(data, refit).at(0).targets), (Items{3}));
}

TEST(LeaveOneOut, KeepsTimesBesideItems) {
  const Dataset data = test::small_dataset({{0, 1, 2, 0}}, 3, {{10, 20, 20, 40}});
  EXPECT_EQ(training_part(data, {}).times, (std::vector<std::int64_t>{10, 20}));
  const auto test = test_cases(data, {});
  EXPECT_EQ(test.at(0).history.times.back(), 20);
  EXPECT_EQ(test.at(0).history.times.size(), 3U);
}

TEST(NoHoldout, TrainsOnEverythingAndScoresNobody) {
  const Dataset data = test::small_dataset({{0, 1, 2}, {1}}, 3);
  const Holdout none{.kind = HoldoutKind::none};
  EXPECT_EQ(training_part(data, none).items, data.items);
  EXPECT_TRUE(validation_cases(data, none).empty());
  EXPECT_TRUE(test_cases(data, none).empty());
}

// Ten interactions; sorted times 10 11 12 13 14 20 20 20 30 31.
Dataset timed() {
  return test::small_dataset({{0, 1, 2, 3}, {1, 2, 0}, {3, 0}, {2}}, 4,
                             {{10, 11, 20, 30}, {12, 13, 20}, {20, 31}, {14}});
}

TEST(TemporalCut, PutsTiesAfterTheCut) {
  EXPECT_EQ(temporal_cut(timed(), 0.5), 20);
  EXPECT_EQ(temporal_cut(timed(), 0.65), 20) << "the quantile lies among equal times";
  EXPECT_EQ(temporal_cut(timed(), 0.8), 30);
  EXPECT_EQ(temporal_cut(timed(), 0.999999), 31);

  const Holdout holdout{.kind = HoldoutKind::temporal, .quantile = 0.65};
  const Dataset training = training_part(timed(), holdout);
  EXPECT_EQ(history_of(training, 0), (Items{0})) << "before the cut 0 1, of which the last is validation";
  EXPECT_EQ(history_of(training, 1), (Items{1}));
  EXPECT_EQ(history_of(training, 2), Items{}) << "begins at the very time of the cut";
  EXPECT_EQ(history_of(training, 3), (Items{2})) << "a single interaction is not lent to validation";
}

TEST(TemporalCut, JudgesKnownUsersByAllThatFollowed) {
  const Dataset data = timed();
  const Holdout holdout{.kind = HoldoutKind::temporal, .quantile = 0.65};
  const auto validation = validation_cases(data, holdout);
  ASSERT_EQ(validation.size(), 2U);
  EXPECT_EQ(items_of(validation[0].targets), (Items{1}));
  EXPECT_EQ(items_of(validation[1].targets), (Items{2}));

  const auto test = test_cases(data, holdout);
  ASSERT_EQ(test.size(), 2U) << "user 2 was unknown at the cut, user 3 consumed nothing after it";
  EXPECT_EQ(test[0].user, 0U);
  EXPECT_EQ(items_of(test[0].history.items), (Items{0, 1}));
  EXPECT_EQ(items_of(test[0].targets), (Items{2, 3}));
  EXPECT_EQ(items_of(test[1].targets), (Items{0}));
}

void expect_refused(const Dataset& data, double quantile, std::string_view why) {
  try {
    temporal_cut(data, quantile);
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_NE(std::string_view(error.what()).find(why), std::string_view::npos) << error.what();
  }
}

TEST(TemporalCut, NeedsTimesThatCanBeCompared) {
  expect_refused(test::small_dataset({{0, 1}}, 2), 0.5, "needs the time of every interaction");
  expect_refused(test::small_dataset({{0, 1}, {1}}, 2, {{1, 2}, {1}}), 0.5, "positions");
  expect_refused(test::small_dataset({{0, 1}, {1, 0}}, 2, {{7, 7}, {7, 9}}), 0.5, "nothing to train on");
  expect_refused(timed(), std::numeric_limits<double>::quiet_NaN(), "between 0 and 1");
}

TEST(TimeKind, TellsClockTimesFromPositions) {
  EXPECT_EQ(time_kind(test::small_dataset({{0}}, 1)), TimeKind::absent);
  EXPECT_EQ(time_kind(test::small_dataset({{0, 0}, {}, {0}}, 1, {{1, 2}, {}, {0}})), TimeKind::ordinal);
  EXPECT_EQ(time_kind(test::small_dataset({{0, 0}, {0}}, 1, {{1, 2}, {5}})), TimeKind::real);
  EXPECT_EQ(time_kind(test::small_dataset({{0, 0}}, 1, {{1, 1}})), TimeKind::real);
}

// Ten interactions, at 1 to 10: the cut at .8 lies at 9, that of validation at 7 (floor(.8 * 8) before it).
Dataset ten_in_turn() {
  return test::small_dataset({{0, 1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, 10, {{1, 2, 9, 10}, {3, 7, 8}, {4, 5, 6}});
}

TEST(Asked, TakesWhatIsAskedAfterTheCut) {
  const Dataset data = ten_in_turn();
  const auto cases = [&](Asked asked) {
    return test_cases(data, {.kind = HoldoutKind::temporal, .quantile = 0.8, .asked = asked});
  };
  const auto expect = [](const EvaluationCase& one, const Items& history, const Items& targets) {
    EXPECT_EQ(one.user, 0U);
    EXPECT_EQ(items_of(one.history.items), history);
    EXPECT_EQ(items_of(one.targets), targets);
  };
  for (const Asked asked : {Asked::all, Asked::first, Asked::last}) ASSERT_EQ(cases(asked).size(), 1U);
  expect(cases(Asked::all)[0], {0, 1}, {2, 3});
  expect(cases(Asked::first)[0], {0, 1}, {2});
  expect(cases(Asked::last)[0], {0, 1, 2}, {3});
  const std::vector<EvaluationCase> each = cases(Asked::successive);
  ASSERT_EQ(each.size(), 2U);
  expect(each[0], {0, 1}, {2});
  expect(each[1], {0, 1, 2}, {3});
}

TEST(Asked, ValidatesByAnEarlierCutOfTheSameKind) {
  const Dataset data = ten_in_turn();
  const Holdout holdout{.kind = HoldoutKind::temporal, .quantile = 0.8, .asked = Asked::last};
  const Dataset training = training_part(data, holdout);
  EXPECT_EQ(history_of(training, 0), (Items{0, 1}));
  EXPECT_EQ(history_of(training, 1), (Items{4}));
  EXPECT_EQ(history_of(training, 2), (Items{7, 8, 9})) << "nothing of theirs lies after the validation cut";
  const std::vector<EvaluationCase> cases = validation_cases(data, holdout);
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].user, 1U);
  EXPECT_EQ(items_of(cases[0].history.items), (Items{4, 5}));
  EXPECT_EQ(items_of(cases[0].targets), (Items{6}));
}

}  // namespace
}  // namespace infodiet::recsys
