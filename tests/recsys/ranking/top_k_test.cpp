#include "recsys/ranking/top_k.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/random.hpp"

namespace infodiet::recsys {
namespace {

using engine::Purpose;
using engine::RandomStream;
using Best = std::vector<ScoredItem>;

TEST(TopK, BreaksTiesByLowerIndex) {
  const std::vector<float> scores{1, 3, 3, 0, 3, 2};
  EXPECT_EQ(top_k(scores, {}, 2), (Best{{1, 3}, {2, 3}}));
  EXPECT_EQ(top_k(scores, {}, 4), (Best{{1, 3}, {2, 3}, {4, 3}, {5, 2}}));
}

TEST(TopK, LeavesOutExcludedAndMaskedItems) {
  constexpr float masked = -std::numeric_limits<float>::infinity();
  const std::vector<float> scores{5, 4, masked, 2, std::numeric_limits<float>::quiet_NaN(), 1};
  EXPECT_EQ(top_k(scores, std::vector<ItemIndex>{3, 0, 3}, 10), (Best{{1, 4}, {5, 1}}));
  EXPECT_EQ(top_k(scores, std::vector<ItemIndex>{0, 1, 3, 5}, 10), Best{});
  EXPECT_EQ(top_k(scores, std::vector<ItemIndex>{99}, 1), (Best{{0, 5}})) << "strangers exclude nothing";
}

TEST(TopK, AllowsAnyKAndAnEmptyCatalogue) {
  EXPECT_EQ(top_k(std::vector<float>{1, 2}, {}, 0), Best{});
  EXPECT_EQ(top_k(std::vector<float>{1, 2}, {}, 100), (Best{{1, 2}, {0, 1}}));
  EXPECT_EQ(top_k({}, {}, 3), Best{});
}

TEST(TopK, AgreesWithASortOfEverything) {
  for (std::uint32_t round = 0; round < 200; ++round) {
    SCOPED_TRACE(fmt::format("round {}", round));
    RandomStream random(7, Purpose::test, round);
    std::vector<float> scores(1 + random.below(60));
    for (float& score : scores) score = static_cast<float>(random.below(8));  // many ties
    std::vector<ItemIndex> excluded(random.below(10));
    for (ItemIndex& item : excluded) item = static_cast<ItemIndex>(random.below(scores.size()));
    const std::size_t k = random.below(scores.size() + 3);

    std::vector<ItemIndex> order(scores.size());
    std::iota(order.begin(), order.end(), ItemIndex{0});
    std::erase_if(order, [&](ItemIndex item) { return std::count(excluded.begin(), excluded.end(), item) > 0; });
    std::stable_sort(order.begin(), order.end(), [&](ItemIndex a, ItemIndex b) { return scores[a] > scores[b]; });
    order.resize(std::min(order.size(), k));

    TopK buffers;
    for (int repeat = 0; repeat < 2; ++repeat) {
      const std::span<const ScoredItem> best = top_k(scores, {.excluded = excluded}, k, buffers);
      ASSERT_EQ(best.size(), order.size());
      for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(best[i], (ScoredItem{order[i], scores[order[i]]}));
    }
  }
}

}  // namespace
}  // namespace infodiet::recsys
