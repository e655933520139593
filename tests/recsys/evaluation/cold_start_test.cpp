#include "recsys/evaluation/cold_start.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

// Everybody consumes the items in turn, starting at their own.
Dataset walks_in_turn(std::size_t users, std::size_t catalogue) {
  std::vector<std::vector<ItemIndex>> histories(users);
  std::vector<std::vector<std::int64_t>> times(users);
  for (std::size_t user = 0; user < users; ++user) {
    for (std::size_t i = 0; i < 8; ++i) {
      histories[user].push_back(static_cast<ItemIndex>((user + i) % catalogue));
      times[user].push_back(static_cast<std::int64_t>(1000 + i));
    }
  }
  return test::small_dataset(histories, catalogue, times);
}

TEST(ColdStart, TakesItemsOutOfTrainingAndAsksForThem) {
  const Dataset data = walks_in_turn(200, 50);
  const ColdStart split(data, {}, 0.3, 1);
  const auto count = std::count(split.cold().begin(), split.cold().end(), true);
  EXPECT_GT(count, 5);
  EXPECT_LT(count, 25);
  const auto is_cold = [&](ItemIndex item) { return split.cold()[item]; };
  EXPECT_TRUE(std::none_of(split.warm().items.begin(), split.warm().items.end(), is_cold));
  EXPECT_EQ(split.warm().item_ids, data.item_ids) << "they stay in the catalogue";
  EXPECT_EQ(split.warm().times.size(), split.warm().items.size());

  const Dataset training = training_part(data, {});
  EXPECT_EQ(split.warm().items.size(),
            training.items.size() -
                static_cast<std::size_t>(std::count_if(training.items.begin(), training.items.end(), is_cold)));
  std::size_t expected = 0;
  for (const EvaluationCase& one : test_cases(data, {})) expected += is_cold(one.targets[0]) ? 1 : 0;
  EXPECT_EQ(split.cases().size(), expected);
  for (const EvaluationCase& one : split.cases()) {
    ASSERT_EQ(one.targets.size(), 1U);
    EXPECT_EQ(one.targets[0], data.history(one.user).items.back());
    EXPECT_TRUE(std::none_of(one.history.items.begin(), one.history.items.end(), is_cold));
    EXPECT_EQ(one.history.items.size(), one.history.times.size());
  }
}

TEST(ColdStart, IsAFunctionOfTheSeed) {
  const Dataset data = walks_in_turn(10, 50);
  EXPECT_EQ(ColdStart(data, {}, 0.3, 1).cold(), ColdStart(data, {}, 0.3, 1).cold());
  EXPECT_NE(ColdStart(data, {}, 0.3, 1).cold(), ColdStart(data, {}, 0.3, 2).cold());
}

TEST(ColdStart, LeavesOutPeopleOfColdItemsOnly) {
  const Dataset data = test::small_dataset({{0, 1, 2, 3}}, 4);
  const ColdStart split(data, {}, 0.999999, 1);
  EXPECT_TRUE(split.cases().empty());
  EXPECT_TRUE(split.warm().items.empty());
  EXPECT_THROW(ColdStart(data, {}, 0, 1), Error);
  EXPECT_THROW(ColdStart(data, {}, 1, 1), Error);
}

}  // namespace
}  // namespace infodiet::recsys
