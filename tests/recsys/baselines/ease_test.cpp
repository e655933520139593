#include "recsys/baselines/ease.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "tests/support/npy.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

using Items = std::vector<ItemIndex>;

Dataset golden_data() {
  const test::NpyArray x = test::golden("ease", "X");
  std::vector<Items> histories(x.shape[0]);
  for (std::size_t user = 0; user < x.shape[0]; ++user) {
    for (std::size_t item = 0; item < x.shape[1]; ++item) {
      if (x.values[user * x.shape[1] + item] > 0) histories[user].push_back(static_cast<ItemIndex>(item));
    }
  }
  return test::small_dataset(histories, x.shape[1]);
}

std::vector<float> ease_scores_after(const Ease& ease, const Items& items) {
  const History history{items, {}};
  std::vector<float> scores(ease.catalogue_size());
  ease.score({&history, 1}, {scores.data(), 1, scores.size()});
  return scores;
}

TEST(Ease, SolvesForTheGoldenWeightsAndScores) {
  const Dataset data = golden_data();
  const Ease ease(data, {.l2 = 2, .half_life = 0});
  const std::vector<double> weights = test::golden("ease", "B").values;
  const std::size_t items = data.catalogue_size();
  std::vector<double> kept(items * items, 0.0);
  for (std::size_t i = 0; i < items; ++i) {
    for (const auto& [j, value] : ease.solved().weights.row(i)) kept[i * items + j] = static_cast<double>(value);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_NEAR(kept[i], weights[i], kept[i] == 0 ? 0.0021 : 1e-6) << i << ": the smallest are left out";
  }
  const std::vector<double> scores = test::golden("ease", "scores").values;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const History history = data.history(user);
    const std::vector<float> own = ease_scores_after(ease, {history.items.begin(), history.items.end()});
    for (std::size_t item = 0; item < items; ++item) {
      EXPECT_NEAR(static_cast<double>(own[item]), scores[user * items + item], 1e-5);
    }
  }
}

TEST(Ease, WeighsLateItemsMore) {
  const Dataset data = golden_data();
  const Ease all(data, {.l2 = 2, .half_life = 0});
  const Ease lately(Ease::Solved(all.solved()), {.l2 = 2, .half_life = 1});
  const std::vector<float> first = ease_scores_after(all, {0});
  const std::vector<float> second = ease_scores_after(all, {1});
  const std::vector<float> both = ease_scores_after(lately, {0, 1});
  for (std::size_t v = 0; v < both.size(); ++v) EXPECT_NEAR(both[v], first[v] / 2 + second[v], 1e-5F);
}

TEST(Ease, CountsAnItemOnceHoweverOftenSomebodyConsumedIt) {
  const Ease once(test::small_dataset({{0, 1}, {1, 2}}, 4), {.l2 = 1});
  const Ease often(test::small_dataset({{0, 1, 0, 1}, {1, 2, 2}}, 4), {.l2 = 1});
  ASSERT_EQ(once.solved().weights.entries.size(), often.solved().weights.entries.size());
  for (std::size_t e = 0; e < once.solved().weights.entries.size(); ++e) {
    EXPECT_EQ(once.solved().weights.entries[e].value, often.solved().weights.entries[e].value);
  }
}

TEST(Ease, KeepsTheLargestWeightsWithinItsBudget) {
  engine::RandomStream random(5, engine::Purpose::test);
  std::vector<Items> histories(300);
  for (Items& history : histories) {
    for (std::size_t i = 0; i < 40; ++i) history.push_back(static_cast<ItemIndex>(random.below(600)));
  }
  const Dataset data = test::small_dataset(histories, 600);
  const Ease all(data, {.l2 = 1});
  const Ease some(data, {.l2 = 1, .megabytes = 1});
  const std::size_t most = (std::size_t{1} << 20) / 12;
  ASSERT_GT(all.solved().weights.entries.size(), most);
  EXPECT_LE(some.solved().weights.entries.size(), most);
  EXPECT_GT(some.solved().weights.entries.size(), most * 8 / 10);
  float least = 1;
  for (const auto& entry : some.solved().weights.entries) least = std::min(least, std::abs(entry.value));
  std::size_t larger = 0;
  for (const auto& entry : all.solved().weights.entries) larger += std::abs(entry.value) >= least ? 1U : 0U;
  EXPECT_EQ(larger, some.solved().weights.entries.size());
}

// People stay with one of two kinds of items.
Dataset two_kinds(std::size_t catalogue) {
  engine::RandomStream random(5, engine::Purpose::test);
  std::vector<Items> histories(300);
  for (std::size_t user = 0; user < histories.size(); ++user) {
    for (std::size_t i = 0; i < 12; ++i) {
      histories[user].push_back(static_cast<ItemIndex>(2 * random.below(catalogue / 2) + user % 2));
    }
  }
  return test::small_dataset(histories, catalogue);
}

TEST(Ease, ChoosesOptionsThatForeseeHistories) {
  const Dataset data = two_kinds(40);
  const EaseOptions chosen = choose_ease_options(data);
  EXPECT_GE(chosen.l2, 30);
  const std::vector<float> scores = ease_scores_after(Ease(data, chosen), {0, 2, 4});
  EXPECT_GT(scores[10], scores[11]);
  EXPECT_EQ(choose_ease_options(test::small_dataset({{1}, {}}, 3)).l2, EaseOptions{}.l2) << "nobody to choose by";
}

TEST(Ease, RefusesSenselessOptionsAndSquaresThatAreTooLarge) {
  const Dataset data = golden_data();
  EXPECT_THROW(Ease(data, {.l2 = 0}), Error);
  EXPECT_THROW(Ease(data, {.l2 = std::nan("")}), Error);
  EXPECT_THROW(Ease(data, {.half_life = -1}), Error);
  Items many(17000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<ItemIndex>(i);
  const Dataset large = test::small_dataset({many}, many.size());
  EXPECT_FALSE(Ease::fits(large));
  EXPECT_THROW(Ease(large, {}), Error);
  EXPECT_TRUE(Ease::fits(test::small_dataset({{1}}, many.size()))) << "only consumed items count";
}

}  // namespace
}  // namespace infodiet::recsys
