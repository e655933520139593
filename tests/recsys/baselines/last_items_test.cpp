#include "recsys/baselines/last_items.hpp"

#include <gtest/gtest.h>

#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

std::size_t asked_of(std::size_t people) {
  const Dataset data = test::small_dataset(std::vector<std::vector<ItemIndex>>(people, {0, 1}), 2);
  return data.items.size() - LastItems(data).known().items.size();
}

TEST(LastItems, AreOfAtMostTwoThousandHistories) {
  EXPECT_EQ(asked_of(1), 1U);
  EXPECT_EQ(asked_of(2000), 2000U);
  EXPECT_EQ(asked_of(2001), 1001U) << "every second one";
  EXPECT_EQ(asked_of(3999), 2000U);
}

}  // namespace
}  // namespace infodiet::recsys
