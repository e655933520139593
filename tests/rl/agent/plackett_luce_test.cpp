#include "rl/agent/plackett_luce.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "engine/errors.hpp"
#include "tests/rl/enumerate.hpp"
#include "tests/support/npy.hpp"

namespace infodiet::rl {
namespace {

TEST(PlackettLuce, MatchesTheGoldenValues) {
  const auto scores = test::golden("plackett_luce", "scores").values;
  const auto order = test::golden("plackett_luce", "slate").values;
  const auto expected = test::golden("plackett_luce", "dscores").values;
  const std::vector<Position> slate(order.begin(), order.end());
  EXPECT_NEAR(slate_log_probability(scores, slate), test::golden("plackett_luce", "log_prob").scalar(), 1e-14);
  std::vector<double> gradient(scores.size(), 0.0);
  add_slate_gradient(scores, slate, {.advantage = 1}, gradient);
  for (std::size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(gradient[i], expected[i], 1e-14) << "score " << i;
}

TEST(PlackettLuce, ProbabilitiesOfAllSlatesAddToOne) {
  const std::vector<double> scores{0.3, -2.0, 1.7, 0.0, 5.0};
  for (std::size_t size = 1; size <= scores.size(); ++size) {
    double total = 0;
    for (const auto& slate : test::ordered_slates(5, size)) total += std::exp(slate_log_probability(scores, slate));
    EXPECT_NEAR(total, 1.0, 1e-12) << "slates of " << size;
  }
}

TEST(PlackettLuce, StaysFiniteWithScoresInTheThousands) {
  const std::vector<double> scores{4000, -4000, 3999, 0};
  const std::vector<Position> slate{1, 0};
  EXPECT_NEAR(slate_log_probability(scores, slate), -8000 - 2 * std::log1p(std::exp(-1)), 1e-9);
  std::vector<double> gradient(scores.size(), 0.0);
  add_slate_gradient(scores, slate, {.advantage = 1}, gradient);
  EXPECT_NEAR(std::accumulate(gradient.begin(), gradient.end(), 0.0), 0.0, 1e-12);
  EXPECT_NEAR(gradient[1], 1.0, 1e-12);
}

TEST(PlackettLuce, GumbelTopKDrawsEverySlateAtItsProbability) {
  const std::vector<double> scores{0.5, -0.5, 1.0, 0.0};
  constexpr std::uint64_t seed = 5;
  constexpr int draws = 100000;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  engine::RandomStream stream(seed, engine::Purpose::test);
  std::map<std::vector<Position>, int> counts;
  std::vector<Position> slate(2);
  for (int draw = 0; draw < draws; ++draw) {
    sample_slate(scores, stream, slate);
    ++counts[slate];
  }
  for (const auto& expected : test::ordered_slates(4, 2)) {
    const double p = std::exp(slate_log_probability(scores, expected));
    EXPECT_NEAR(counts[expected] / double{draws}, p, 4 * std::sqrt(p * (1 - p) / draws));
  }
}

TEST(PlackettLuce, EntropyGradientMatchesFiniteDifferences) {
  const std::vector<double> scores{0.5, -0.5, 1.0, 2.0};
  for (const auto& slate : test::ordered_slates(4, 3)) {
    std::vector<double> gradient(scores.size(), 0.0);
    EXPECT_EQ(add_slate_gradient(scores, slate, {.entropy = 3}, gradient), slate_entropy(scores, slate));
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double h = 1e-5;
      auto up = scores;
      auto down = scores;
      up[i] += h;
      down[i] -= h;
      EXPECT_NEAR(gradient[i], 3.0 * (slate_entropy(up, slate) - slate_entropy(down, slate)) / (2 * h), 1e-8);
    }
  }
}

TEST(PlackettLuce, MeanEntropyOfDrawsIsThatOfSlates) {
  const std::vector<double> scores{0.5, -0.5, 1.0, 2.0};
  double entropy = 0;
  double mean = 0;
  for (const auto& slate : test::ordered_slates(4, 2)) {
    const double log_p = slate_log_probability(scores, slate);
    entropy -= std::exp(log_p) * log_p;
    mean += std::exp(log_p) * slate_entropy(scores, slate);
  }
  EXPECT_NEAR(mean, entropy, 1e-12);
  const std::vector<Position> slate{3, 0, 5};
  EXPECT_NEAR(slate_entropy(std::vector<double>(8, 7.0), slate), std::log(8 * 7 * 6), 1e-12);
  EXPECT_NEAR(largest_slate_entropy(8, 3), std::log(8 * 7 * 6), 1e-12);
  EXPECT_NEAR(unordered_slate_entropy(3), std::log(6), 1e-12);
  EXPECT_NEAR(slate_entropy(std::vector<double>{50, 0, 0, 50, 0, 50}, slate), std::log(6), 1e-12)
      << "sure to be shown, in any order";
}

TEST(PlackettLuce, RefusesSlatesThatDoNotFit) {
  const std::vector<double> scores{1, 2, 3};
  engine::RandomStream stream(1, engine::Purpose::test);
  std::vector<Position> four(4);
  EXPECT_THROW(sample_slate(scores, stream, four), ShapeError);
  EXPECT_THROW(slate_log_probability(scores, std::vector<Position>{0, 0}), ShapeError);
  EXPECT_THROW(slate_log_probability(scores, std::vector<Position>{3}), ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
