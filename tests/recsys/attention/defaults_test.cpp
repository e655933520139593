#include "recsys/attention/defaults.hpp"

#include <gtest/gtest.h>

#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

// Histories of equal length, each from another item on.
AttentionDefaults defaults_for(std::size_t users, std::size_t length, std::size_t items) {
  std::vector<std::vector<ItemIndex>> histories(users);
  for (std::size_t user = 0; user < users; ++user) {
    for (std::size_t i = 0; i < length; ++i) histories[user].push_back(static_cast<ItemIndex>((user + i) % items));
  }
  return attention_defaults(test::small_dataset(histories, items));
}

TEST(AttentionDefaults, LearnLittleDataSlowlyAndOften) {
  const AttentionDefaults little = defaults_for(610, 100, 400);
  EXPECT_EQ(little.config.blocks, 2U);
  EXPECT_EQ(little.config.max_length, 100U);
  EXPECT_EQ(little.training.learning_rate, 0.001);
  EXPECT_EQ(little.training.ema, 0);
  EXPECT_EQ(little.training.negatives, 0U);
  EXPECT_EQ(little.training.batch, 16U);
  EXPECT_EQ(little.training.max_epochs, 40U);
}

TEST(AttentionDefaults, AverageManyLargeStepsOfMuchData) {
  const AttentionDefaults much = defaults_for(5000, 100, 3000);
  EXPECT_EQ(much.config.blocks, 4U);
  EXPECT_EQ(much.training.learning_rate, 0.004);
  EXPECT_EQ(much.training.ema, 0.99);
  EXPECT_EQ(much.training.batch, 16U) << "at least 312 steps an epoch";
  EXPECT_EQ(much.training.max_epochs, 20U);
  EXPECT_EQ(defaults_for(50000, 10, 3000).training.batch, 128U);
}

TEST(AttentionDefaults, NeitherAverageNorHurryOverALargeCatalogue) {
  const AttentionDefaults large = defaults_for(50000, 10, 9000);
  EXPECT_EQ(large.training.negatives, 2048U);
  EXPECT_EQ(large.training.learning_rate, 0.001);
  EXPECT_EQ(large.training.ema, 0);
}

TEST(AttentionDefaults, LearnItemsSeldomSeenByTheirAttributesToo) {
  EXPECT_EQ(defaults_for(1000, 19, 1000).training.attributes, Attributes::all);
  EXPECT_EQ(defaults_for(1000, 20, 1000).training.attributes, Attributes::neighbours);
}

TEST(AttentionDefaults, AverageWideVectorsOfItemsSeldomSeenByManyPeople) {
  const AttentionDefaults many = defaults_for(20480, 8, 10000);
  EXPECT_EQ(many.config.width, 128U);
  EXPECT_EQ(many.training.batch, 128U);
  EXPECT_EQ(many.training.ema, 0.995);
  EXPECT_EQ(many.training.max_epochs, 20U);
  for (const AttentionDefaults& other :
       {defaults_for(20480, 10, 10000), defaults_for(1000, 19, 1000), defaults_for(60000, 9, 30000)}) {
    EXPECT_EQ(other.config.width, 64U);
    EXPECT_EQ(other.training.ema, 0);
  }
}

}  // namespace
}  // namespace infodiet::recsys
