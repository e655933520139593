#include "rl/policies/simple.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "engine/errors.hpp"
#include "rl/environments/satiation.hpp"

namespace infodiet::rl {
namespace {

Observation scored(const std::vector<double>& scores) {
  Observation observation;
  for (const double score : scores) observation.candidates.push_back({.score = score});
  return observation;
}

std::vector<Position> slate_of(const ObservingPolicy& policy, const Observation& observation, std::size_t size,
                               std::uint32_t draw = 0) {
  engine::RandomStream stream(6, engine::Purpose::policy, 0, draw);
  std::vector<Position> slate(size);
  policy.choose_one(observation, stream, slate);
  return slate;
}

TEST(Greedy, TakesTheHighestScoresAndBreaksTiesByPosition) {
  EXPECT_EQ(slate_of(GreedyPolicy(), scored({1, 3, 2, 3, -1}), 3), (std::vector<Position>{1, 3, 2}));
}

TEST(Popular, PutsUnknownPopularityLast) {
  Observation observation = scored({9, 9, 9, 9});
  observation.candidates[1].popularity = 0.1;
  observation.candidates[3].popularity = 0.4;
  EXPECT_EQ(slate_of(PopularPolicy(), observation, 3), (std::vector<Position>{3, 1, 0}));
}

TEST(EpsilonGreedy, ExploresAsOftenAsItSays) {
  EXPECT_EQ(slate_of(EpsilonGreedyPolicy(0), scored({1, 3, 2}), 2), (std::vector<Position>{1, 2}));
  constexpr int draws = 40000;
  int best_first = 0;
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    const auto slate = slate_of(EpsilonGreedyPolicy(0.4), scored({1, 3, 2, 0}), 3, draw);
    ASSERT_NO_THROW(check_slate(slate, 3, 4));
    best_first += slate[0] == 1;
  }
  const double p = 0.6 + 0.4 / 4;
  EXPECT_NEAR(best_first / double{draws}, p, 4 * std::sqrt(p * (1 - p) / draws)) << "seed 6";
}

TEST(Random, DrawsEveryOrderedSlateEquallyOften) {
  const Satiation environment({.slate = 2, .steps = 1});
  const auto sessions = environment.open_sessions();
  constexpr std::size_t count = 56000;
  sessions->reset({.seed = 6, .count = count});
  std::vector<Position> slates(2 * count);
  RandomPolicy().choose(*sessions, {slates.data(), count, 2});
  std::map<std::pair<Position, Position>, int> counts;
  for (std::size_t i = 0; i < count; ++i) ++counts[{slates[2 * i], slates[2 * i + 1]}];
  ASSERT_EQ(counts.size(), 56U);
  double chi_squared = 0;
  for (const auto& [slate, seen] : counts) {
    ASSERT_NE(slate.first, slate.second);
    chi_squared += std::pow(seen - 1000.0, 2) / 1000;
  }
  EXPECT_LT(chi_squared, 93.2) << "the 0.1 % point with 55 degrees of freedom; seed 6";
}

TEST(Highest, RefusesSlatesLargerThanTheCandidates) {
  std::vector<Position> slate(4);
  EXPECT_THROW(highest(std::vector<double>{1, 2, 3}, slate), ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
