#include "engine/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace infodiet::engine {
namespace {

TEST(RandomStream, IsAFunctionOfItsCoordinatesOnly) {
  RandomStream first(7, Purpose::test, 3, 4);
  RandomStream again(7, Purpose::test, 3, 4);
  std::set<std::uint64_t> firsts;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(first.next_u32(), again.next_u32());
  for (std::uint32_t step = 0; step < 8; ++step) {
    for (std::uint32_t index = 0; index < 8; ++index) {
      for (const std::uint64_t seed : {0ULL, 1ULL, 1ULL << 32}) {
        firsts.insert(RandomStream(seed, Purpose::test, step, index).next_u64());
        firsts.insert(RandomStream(seed, Purpose::dropout, step, index).next_u64());
      }
    }
  }
  EXPECT_EQ(firsts.size(), 8U * 8U * 3U * 2U);
}

// Known-answer vectors published with Random123 (kat_vectors, philox4x32 with 10 rounds).
TEST(RandomStream, MatchesThePublishedPhiloxVector) {
  RandomStream zero(0, Purpose{0}, 0, 0);
  EXPECT_EQ(zero.next_u32(), 0x6627e8d5U);
  EXPECT_EQ(zero.next_u32(), 0xe169c58dU);
  EXPECT_EQ(zero.next_u32(), 0xbc57ac4cU);
  EXPECT_EQ(zero.next_u32(), 0x9b00dbd8U);
}

TEST(RandomStream, BelowIsUniform) {
  RandomStream stream(1, Purpose::test);
  std::array<int, 7> counts{};
  constexpr int draws = 70000;
  for (int i = 0; i < draws; ++i) ++counts[stream.below(7)];
  // Chi-squared with 6 degrees of freedom: 22.5 is the 0.1 % point.
  double chi_squared = 0;
  for (const int count : counts) chi_squared += std::pow(count - draws / 7.0, 2) / (draws / 7.0);
  EXPECT_LT(chi_squared, 22.5);
}

TEST(RandomStream, NormalAndGumbelHaveTheirMoments) {
  RandomStream stream(2, Purpose::test);
  constexpr int draws = 200000;
  double sum = 0;
  double squares = 0;
  double gumbel_sum = 0;
  for (int i = 0; i < draws; ++i) {
    const double z = stream.normal();
    sum += z;
    squares += z * z;
    gumbel_sum += stream.gumbel();
  }
  EXPECT_NEAR(sum / draws, 0.0, 4 / std::sqrt(draws));
  EXPECT_NEAR(squares / draws, 1.0, 4 * std::sqrt(2.0 / draws));
  EXPECT_NEAR(gumbel_sum / draws, 0.57721566, 4 * 1.2825 / std::sqrt(draws));
}

TEST(RandomStream, NormalPairsAreNormalAndUncorrelated) {
  RandomStream stream(3, Purpose::test);
  RandomStream single = stream;
  EXPECT_DOUBLE_EQ(single.normal(), RandomStream(stream).normal_pair()[0]);
  constexpr int draws = 200000;
  double sum = 0;
  double squares = 0;
  double products = 0;
  for (int i = 0; i < draws; ++i) {
    const auto [first, second] = stream.normal_pair();
    sum += second;
    squares += second * second;
    products += first * second;
  }
  EXPECT_NEAR(sum / draws, 0.0, 4 / std::sqrt(draws));
  EXPECT_NEAR(squares / draws, 1.0, 4 * std::sqrt(2.0 / draws));
  EXPECT_NEAR(products / draws, 0.0, 4 / std::sqrt(draws));
}

}  // namespace
}  // namespace infodiet::engine
