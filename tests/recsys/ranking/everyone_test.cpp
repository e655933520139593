#include "recsys/ranking/everyone.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace infodiet::recsys {
namespace {

// Scores an item by how far it is from the first of the history, so that every user's list differs.
class Near final : public Recommender {
 public:
  std::string name() const override { return "near"; }
  std::size_t catalogue_size() const override { return 50; }
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override {
    for (std::size_t b = 0; b < histories.size(); ++b) {
      const float from = histories[b].items.empty() ? 0.0F : static_cast<float>(histories[b].items[0]);
      for (std::size_t v = 0; v < 50; ++v) scores.row(b)[v] = -std::abs(static_cast<float>(v) - from);
    }
  }
};

TEST(Everyone, HasAListOfTheirOwnInTheOrderOfUsers) {
  // More than one round of blocks, the last of them partial; user u has read item u % 50 alone, or nothing.
  constexpr std::size_t users = 64 * 64 * 2 + 7;
  Dataset data;
  data.item_ids.resize(50);
  std::iota(data.item_ids.begin(), data.item_ids.end(), 1);
  for (std::size_t u = 0; u < users; ++u) {
    if (u % 10 != 3) data.items.push_back(static_cast<ItemIndex>(u % 50));
    data.offsets.push_back(data.items.size());
  }
  for (const std::size_t threads : {1U, 3U}) {
    engine::ThreadPool pool(threads);
    std::size_t next = 0;
    batch_recommend(Near(), data, {.k = 3}, pool, [&](std::size_t user, std::span<const ScoredItem> list) {
      ASSERT_EQ(user, next++);
      std::vector<float> scores(50);
      const History history = data.history(user);
      Near().score({&history, 1}, {scores.data(), 1, 50});
      const std::vector<ScoredItem> alone = top_k(scores, history.items, 3);
      ASSERT_TRUE(std::equal(list.begin(), list.end(), alone.begin(), alone.end())) << "user " << user;
    });
    EXPECT_EQ(next, users);
  }
}

TEST(Everyone, MayBeNobody) {
  engine::ThreadPool pool(1);
  batch_recommend(Near(), {}, {.k = 3}, pool, [](std::size_t, std::span<const ScoredItem>) { FAIL(); });
}

}  // namespace
}  // namespace infodiet::recsys
