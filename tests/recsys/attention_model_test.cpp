#include "recsys/attention/model.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "engine/errors.hpp"
#include "recsys/attention/explanation.hpp"

namespace infodiet::recsys {
namespace {

constexpr AttentionConfig config{.width = 8, .blocks = 2, .heads = 2, .hidden = 16, .max_length = 5};

AttentionModel make_model() {
  AttentionWeights weights = initial_weights(config, 12, 3);
  // As large as trained weights are, so that differences between histories are not lost in rounding.
  for (float& value : weights.network.flat()) value *= 10;
  for (float& value : weights.items) value *= 20;
  return AttentionModel(config, std::move(weights));
}

std::vector<float> scores_of(const AttentionModel& model, std::vector<ItemIndex> items) {
  const History history{items, {}};
  std::vector<float> scores(model.catalogue_size());
  model.score({&history, 1}, {scores.data(), 1, scores.size()});
  return scores;
}

TEST(AttentionModel, AttendsOverTheLastInteractionsOnly) {
  const AttentionModel model = make_model();
  EXPECT_EQ(scores_of(model, {9, 8, 7, 0, 1, 2, 3, 4}), scores_of(model, {0, 1, 2, 3, 4}));
  EXPECT_NE(scores_of(model, {1, 1, 2, 3, 4}), scores_of(model, {0, 1, 2, 3, 4}));
}

TEST(AttentionModel, KnowsTheOrder) {
  const AttentionModel model = make_model();
  EXPECT_NE(scores_of(model, {0, 1, 2}), scores_of(model, {1, 0, 2}));
}

TEST(AttentionModel, ScoresAHistoryAlikeAloneAndAmongOthers) {
  const AttentionModel model = make_model();
  const std::vector<std::vector<ItemIndex>> items = {{0, 1, 2}, {}, {5}, {3, 3, 3, 3, 3, 3}};
  std::vector<History> histories;
  for (const auto& list : items) histories.push_back({list, {}});
  std::vector<float> together(items.size() * 12);
  model.score(histories, {together.data(), items.size(), 12});
  for (std::size_t b = 0; b < items.size(); ++b) {
    const std::vector<float> alone = scores_of(model, items[b]);
    for (std::size_t v = 0; v < 12; ++v) EXPECT_NEAR(together[b * 12 + v], alone[v], 1e-4);
  }
  EXPECT_EQ(scores_of(model, {}), std::vector<float>(12, 0.0F));
}

TEST(AttentionModel, RefusesScoresOfAnotherShape) {
  const AttentionModel model = make_model();
  const History history;
  std::vector<float> scores(11);
  EXPECT_THROW(model.score({&history, 1}, {scores.data(), 1, 11}), ShapeError);
}

TEST(Explanation, ContributionsAreTheScoresSlope) {
  // Shrinking one interaction's vector a little must change the score by that share of its contribution.
  AttentionWeights weights = initial_weights(config, 12, 3);
  for (float& value : weights.network.flat()) value *= 10;
  for (float& value : weights.items) value *= 20;
  const std::vector<ItemIndex> items = {4, 1, 7};
  const std::vector<ItemIndex> candidates = {2, 9};
  const AttentionModel model(config, weights);
  const std::vector<std::vector<Reason>> all = contributions(model, {items, {}}, candidates);
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    ASSERT_EQ(all[c].size(), items.size());
    for (std::size_t t = 0; t < items.size(); ++t) {
      constexpr float share = 0.01F;
      const auto score_with = [&](float factor) {
        AttentionWeights changed = weights;
        for (std::size_t d = 0; d < config.width; ++d) changed.items(items[t], d) *= factor;
        return static_cast<double>(scores_of(AttentionModel(config, changed), items)[candidates[c]]);
      };
      const double slope = (score_with(1 + share) - score_with(1 - share)) / (2 * static_cast<double>(share));
      EXPECT_EQ(all[c][t].item, items[t]);
      EXPECT_EQ(all[c][t].position, t);
      EXPECT_NEAR(all[c][t].contribution, slope, 0.02 * std::abs(slope) + 0.01);
    }
  }
  EXPECT_NE(all[0][0].contribution, all[1][0].contribution);
}

TEST(Explanation, ScoreDropsAreWhatTheScoreLoses) {
  const AttentionModel model = make_model();
  engine::ThreadPool pool(2);
  const std::vector<ItemIndex> items = {9, 0, 1, 2, 3, 4};  // the first is beyond the longest history
  const std::vector<double> drops = score_drops(model, pool, {items, {}}, 6);
  ASSERT_EQ(drops.size(), 5U);
  const float whole = scores_of(model, {0, 1, 2, 3, 4})[6];
  EXPECT_NEAR(drops[0], whole - scores_of(model, {1, 2, 3, 4})[6], 1e-4);
  EXPECT_NEAR(drops[4], whole - scores_of(model, {0, 1, 2, 3})[6], 1e-4);
}

TEST(Explanation, AttentionOfTheLastPositionAddsUpToOne) {
  const AttentionModel model = make_model();
  const std::vector<ItemIndex> items = {9, 0, 1, 2, 3, 4};
  const std::vector<double> attention = attention_of_last(model, {items, {}});
  EXPECT_EQ(attention.size(), 5U);
  EXPECT_NEAR(std::accumulate(attention.begin(), attention.end(), 0.0), 1.0, 1e-5);
}

}  // namespace
}  // namespace infodiet::recsys
