#include "recsys/baselines/baselines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/baselines/recent_popularity.hpp"
#include "recsys/errors.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

using Items = std::vector<ItemIndex>;
using Times = std::vector<std::int64_t>;

std::vector<float> scores_after(const Recommender& model, const Items& history, const Times& times = {}) {
  std::vector<float> scores(model.catalogue_size(), std::nanf(""));
  const History one{.items = history, .times = times};
  model.score({&one, 1}, {scores.data(), 1, scores.size()});
  return scores;
}

void expect_near(const std::vector<float>& actual, const std::vector<double>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-6) << "item " << i;
}

TEST(Popularity, IsTheShareOfInteractions) {
  const Popularity model(test::small_dataset({{0, 1, 0}, {0}, {}}, 3));
  expect_near(scores_after(model, {}), {0.75, 0.25, 0.0});
  expect_near(scores_after(model, {0, 1}), {0.75, 0.25, 0.0});
}

// Transitions: 0->1 twice, 0->2 once, 1->0 once, 1->2 once; shares 3/8, 2/8, 3/8, 0.
Dataset chain() {
  return test::small_dataset({{0, 1, 0, 1, 2}, {0, 2}, {2}}, 4);
}

TEST(Markov, CountsTransitionsSmoothedByPopularity) {
  const Markov model(chain(), {.smoothing = 1.0});
  expect_near(scores_after(model, {0}), {0.375 / 4, 2.25 / 4, 1.375 / 4, 0.0});
  expect_near(scores_after(model, {2, 2, 1}), {1.375 / 3, 0.25 / 3, 1.375 / 3, 0.0});
}

TEST(Markov, FallsBackToPopularity) {
  const Markov model(chain());
  expect_near(scores_after(model, {}), {0.375, 0.25, 0.375, 0.0});
  expect_near(scores_after(model, {2}), {0.375, 0.25, 0.375, 0.0});
  expect_near(scores_after(model, {3}), {0.375, 0.25, 0.375, 0.0});
}

TEST(Markov, ScoresAreProbabilities) {
  const Markov model(chain(), {.smoothing = 3.5});
  for (ItemIndex last = 0; last < 4; ++last) {
    double sum = 0.0;
    for (const float score : scores_after(model, {last})) sum += score;
    EXPECT_NEAR(sum, 1.0, 1e-6);
  }
}

TEST(Markov, NeedsAPositiveSmoothing) {
  EXPECT_THROW(Markov(chain(), {.smoothing = 0.0}), Error);
  EXPECT_THROW(Markov(chain(), {.smoothing = std::nan("")}), Error);
}

TEST(RecentPopularity, ForgetsWithTheTimeline) {
  // In time: 0 0 0 1 | 2 2.
  const RecentPopularity model(test::small_dataset({{0, 0, 1, 2}, {0, 2}}, 3, {{100, 110, 130, 200}, {120, 210}}),
                               {.timeline_half_life = 1.0});
  const double overall = 1e-3 / 6.0;
  expect_near(scores_after(model, {1}, {1000}),
              {0.5 * (0.125 + 0.0625 + 0.03125) + 3 * overall, 0.5 * 0.25 + overall, 0.5 * 1.5 + 2 * overall});
  expect_near(scores_after(model, {1}, {130}),
              {0.5 * (0.5 + 0.25 + 0.125) + 3 * overall, 0.5 * 1.0 + overall, 2 * overall});
  expect_near(scores_after(model, {1}, {99}), {3 * overall, overall, 2 * overall});
  EXPECT_EQ(scores_after(model, {1}), scores_after(model, {1}, {1000})) << "without a time, as of the end";
}

TEST(RecentPopularity, WithoutRealTimesTakesTheEndsOfHistories) {
  for (const auto& times : {std::vector<Times>{}, std::vector<Times>{{1, 2, 3}, {1}}}) {
    const RecentPopularity model(test::small_dataset({{0, 0, 1}, {2}}, 3, times), {.position_half_life = 1.0});
    const double total = 1 + 0.5 + 0.25 + 1;
    const double overall = 1e-3 / 4.0;
    expect_near(scores_after(model, {0}, {7}), {0.75 / total + 2 * overall, 1 / total + overall, 1 / total + overall});
  }
}

TEST(ItemKnn, WeighsDistanceOrderFrequencyAndRecencyByHand) {
  const ItemKnnOptions options{.neighbours = 10,
                               .window = 2,
                               .distance_scale = 1.0,
                               .backward = 0.5,
                               .source_exponent = 1.0,
                               .target_exponent = 0.5,
                               .recency_half_life = 1.0};
  // n = 3, 1, 1, 1. Near item 0: 1 directly after, 2 two after; in the second history 3 directly before one 0 and two
  // before the other.
  const ItemKnn model(test::small_dataset({{0, 1, 2}, {3, 0, 0}}, 4), options);
  const double share = 1e-6 / 6.0;
  expect_near(scores_after(model, {0}), {3 * share, 1.0 / 3 + share, 0.5 / 3 + share, 0.5 * (1 + 0.5) / 3 + share});
  // Item 1: 2 directly after, 0 directly before.
  expect_near(scores_after(model, {0, 1}),
              {0.5 / std::sqrt(3.0) + 3 * share, 0.5 / 3 + share, 1 + 0.25 / 3 + share, 0.375 / 3 + share});
}

TEST(ItemKnn, MovesAndReachesNeighboursByTheirAttributes) {
  const ItemKnnOptions options{.neighbours = 10,
                               .window = 1,
                               .backward = 0,
                               .source_exponent = 0,
                               .target_exponent = 0,
                               .attribute_boost = 3,
                               .attribute_reach = 0.5};
  // Items 0, 1 and 3 have one attribute in common, of length .8 in 1; 2 has none.
  SparseRows attributes;
  attributes.entries = {{0, 1.0F}, {0, 0.8F}, {1, 0.6F}, {0, 1.0F}};
  attributes.offsets = {0, 1, 3, 3, 4};
  const Dataset data = test::small_dataset({{0, 1}, {0, 2}, {3}}, 4);
  const double share = 1e-6 / 5.0;
  const ItemKnn model(data, options, &attributes);
  expect_near(scores_after(model, {0}), {2 * share, 1 * (1 + 3 * 0.8) + 0.5 * 0.8 * std::sqrt(0.2) + share, 1 + share,
                                         0.5 * std::sqrt(0.2) + share});
  expect_near(scores_after(ItemKnn(data, options), {0}), {2 * share, 1 + share, 1 + share, share});
  attributes.offsets.pop_back();
  EXPECT_THROW(ItemKnn(data, options, &attributes), ShapeError);
}

TEST(ItemKnn, ChoosesHowMuchAttributesSay) {
  engine::RandomStream random(3, engine::Purpose::test);
  std::vector<Items> histories(200);
  for (std::size_t user = 0; user < histories.size(); ++user) {
    while (histories[user].size() < 6) {
      const auto item = static_cast<ItemIndex>(5 * random.below(40) + user % 5);
      if (std::find(histories[user].begin(), histories[user].end(), item) == histories[user].end()) {
        histories[user].push_back(item);
      }
    }
  }
  const Dataset data = test::small_dataset(histories, 200);
  SparseRows kinds;  // what people go by
  SparseRows none;
  for (std::uint32_t item = 0; item < 200; ++item) {
    kinds.entries.push_back({item % 5, 1.0F});
    kinds.offsets.push_back(item + 1);
    none.offsets.push_back(0);
  }
  EXPECT_GT(choose_item_knn_options(data, kinds).attribute_boost, 0);
  EXPECT_EQ(choose_item_knn_options(data, none).attribute_boost, 0);
}

TEST(ItemKnn, KeepsTheNearestNeighboursOnly) {
  const Dataset data = test::small_dataset({{0, 1, 2}, {0, 1}, {0, 2}}, 3);
  const ItemKnn model(data, {.neighbours = 1});
  const std::vector<float> scores = scores_after(model, {0});
  EXPECT_GT(scores[1], 0.1F);
  EXPECT_LT(scores[2], 1e-5F) << "two directly after beats one directly and one two after";
}

TEST(ItemKnn, RefusesSenselessOptions) {
  EXPECT_THROW(ItemKnn(chain(), {.neighbours = 0}), Error);
  EXPECT_THROW(ItemKnn(chain(), {.window = 0}), Error);
  EXPECT_THROW(ItemKnn(chain(), {.distance_scale = -1.0}), Error);
  EXPECT_THROW(ItemKnn(chain(), {.recency_half_life = std::nan("")}), Error);
}

TEST(Baselines, ScoreEverythingFiniteFromAnyDataAndForAnyHistory) {
  const Dataset sets[] = {test::small_dataset({}, 3), test::small_dataset({{}, {}}, 3), test::small_dataset({{2}}, 3),
                          test::small_dataset({{1, 1, 1, 1}}, 3, {{5, 5, 5, 5}})};
  for (const Dataset& data : sets) {
    for (const std::string_view name : baseline_names) {
      SCOPED_TRACE(name);
      const auto model = make_baseline(name, data);
      EXPECT_EQ(model->name(), name);
      EXPECT_EQ(model->catalogue_size(), 3U);
      for (const Items& history : {Items{}, Items{0}, Items{1, 2, 1, 1}}) {
        for (const float score : scores_after(*model, history)) EXPECT_TRUE(std::isfinite(score));
      }
    }
  }
}

TEST(Baselines, ScoreEachHistoryByItself) {
  engine::RandomStream random(3, engine::Purpose::test);
  std::vector<Items> histories(50);
  for (Items& history : histories) {
    history.resize(random.below(12));
    for (ItemIndex& item : history) item = static_cast<ItemIndex>(random.below(30));
  }
  const Dataset data = test::small_dataset(histories, 30);
  for (const std::string_view name : baseline_names) {
    SCOPED_TRACE(name);
    const auto model = make_baseline(name, data);
    std::vector<History> all;
    for (const Items& history : histories) all.push_back({.items = history, .times = {}});
    std::vector<float> scores(all.size() * 30);
    model->score(all, {scores.data(), all.size(), 30});
    for (std::size_t b = 0; b < all.size(); ++b) {
      EXPECT_EQ(scores_after(*model, histories[b]), std::vector(&scores[b * 30], &scores[b * 30] + 30));
    }
  }
}

TEST(Baselines, RefuseWhatDoesNotFit) {
  const Dataset data = chain();
  const Items stranger{4};
  const History history{.items = stranger, .times = {}};
  std::vector<float> scores(8);
  for (const std::string_view name : baseline_names) {
    SCOPED_TRACE(name);
    const auto model = make_baseline(name, data);
    EXPECT_THROW(model->score({&history, 1}, {scores.data(), 1, 4}), ShapeError);
    EXPECT_THROW(model->score({}, {scores.data(), 1, 4}), ShapeError);
    EXPECT_THROW(model->score({}, {scores.data(), 0, 5}), ShapeError);
  }
  try {
    make_baseline("markow", data);
    FAIL() << "accepted";
  } catch (const DataError& error) {
    EXPECT_NE(std::string_view(error.what()).find("popularity, recent_popularity, markov, item_knn, ease"),
              std::string_view::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace infodiet::recsys
