#include "recsys/evaluation/diversity.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace infodiet::recsys {
namespace {

TEST(Gini, EvenAndConcentratedAmountsAreTheExtremes) {
  EXPECT_DOUBLE_EQ(gini(std::vector<double>(4, 3.0)), 0);
  EXPECT_DOUBLE_EQ(gini(std::vector<double>{0, 7, 0, 0}), 1);
  EXPECT_DOUBLE_EQ(gini(std::vector<double>{1}), 0);
  EXPECT_DOUBLE_EQ(gini(std::vector<double>{0.5, 0.25, 0.25}), (-2 * 0.25 + 0 * 0.25 + 2 * 0.5) / 2);
}

TEST(Jaccard, IsSharedOverAllAndUnknownWithoutTopics) {
  const std::vector<std::uint32_t> a{1, 2};
  const std::vector<std::uint32_t> b{2, 3, 4};
  EXPECT_EQ(jaccard(a, b), 0.25);
  EXPECT_EQ(jaccard(b, b), 1.0);
  EXPECT_EQ(jaccard(a, {}), std::nullopt);
  EXPECT_EQ(jaccard({}, {}), std::nullopt);
}

TEST(MeanDissimilarity, IsOverThePairsThatAreKnown) {
  const auto similarity = [](std::size_t i, std::size_t j) {
    return j == 1 ? std::nullopt : std::optional(static_cast<double>(i + j) / 10);
  };
  EXPECT_DOUBLE_EQ(*mean_dissimilarity(3, similarity), (0.9 + 0.8) / 2);
  EXPECT_EQ(mean_dissimilarity(1, similarity), std::nullopt);
}

TEST(AddTopics, SplitsAWeightEvenly) {
  std::vector<double> to(3, 1.0);
  add_topics<double>(std::vector<std::uint32_t>{0, 2}, 3, to);
  EXPECT_EQ(to, (std::vector<double>{2.5, 1, 2.5}));
}

TEST(SmoothedPopularity, GivesEveryItemOnePseudoCount) {
  const std::vector<double> popularity = smoothed_popularity(std::vector<std::uint32_t>{2, 0, 1});
  EXPECT_EQ(popularity, (std::vector<double>{3.0 / 6, 1.0 / 6, 2.0 / 6}));
  EXPECT_EQ(novelty(popularity[0]), 1.0);
}

}  // namespace
}  // namespace infodiet::recsys
