#include "rl/agent/learning_curve.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace infodiet::rl {
namespace {

const Optimum known_optimum{.value = 30, .greedy = 20, .random = 10};

TEST(LearningCurve, CountsUpdatesToNearTheOptimumAndWhatWasLacking) {
  const std::vector<double> curve{10, 20, 30, 30};
  const auto summary = summarise_curve(curve, known_optimum);
  ASSERT_TRUE(summary);
  EXPECT_DOUBLE_EQ(summary->area, 1 + 0.5);
  EXPECT_FALSE(summary->updates_to_95) << "the mean of what there is stays under 95 %";
  const std::vector<double> longer{10, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30};
  EXPECT_EQ(summarise_curve(longer, known_optimum)->updates_to_95, 11U)
      << "when the first of the latest ten is near too";
}

TEST(LearningCurve, HasNothingToSayWhereNothingCanBeLearned) {
  const std::vector<double> curve{10};
  EXPECT_FALSE(summarise_curve(curve, {.value = 10, .greedy = 10, .random = 10}));
  EXPECT_EQ(summarise_curve({}, known_optimum)->area, 0);
}

}  // namespace
}  // namespace infodiet::rl
