#include "rl/answers/reason_cache.hpp"

#include <gtest/gtest.h>

namespace infodiet::rl {
namespace {

using Items = std::vector<recsys::ItemIndex>;

TEST(ReasonCache, FindsReasonsOnceForTheSameHistoryAndItem) {
  ReasonCache cache;
  std::size_t found = 0;
  const auto ask = [&](const Items& items, const std::vector<std::int64_t>& times, recsys::ItemIndex item) {
    return cache.get({items, times}, item, [&] {
      ++found;
      return ReasonCache::Reasons{{.position = items.size(), .contribution = static_cast<double>(item)}};
    });
  };
  EXPECT_EQ(ask({1, 2}, {}, 7)->front().contribution, 7);
  EXPECT_EQ(ask({1, 2}, {}, 7)->front().contribution, 7);
  EXPECT_EQ(found, 1U);
  ask({1, 2}, {}, 8);
  ask({2, 1}, {}, 7);
  ask({1, 2}, {10, 20}, 7);
  ask({1, 2}, {10, 21}, 7);
  EXPECT_EQ(ask({1, 2, 3}, {}, 7)->front().position, 3U);
  EXPECT_EQ(found, 6U) << "another history or item is another question";
}

TEST(ReasonCache, ForgetsWhatWasNotAskedForTheLongest) {
  ReasonCache cache;
  std::size_t found = 0;
  const auto ask = [&](recsys::ItemIndex item) {
    cache.get({}, item, [&] {
      ++found;
      return ReasonCache::Reasons{};
    });
  };
  ask(0);
  for (recsys::ItemIndex item = 1; item < 1500; ++item) {
    ask(item);
    ask(0);
  }
  EXPECT_EQ(found, 1500U) << "what is asked for again and again stays";
  ask(1);
  EXPECT_EQ(found, 1501U);
}

}  // namespace
}  // namespace infodiet::rl
