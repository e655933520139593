#include "recsys/attention/model.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "engine/errors.hpp"
#include "recsys/attention/similarity.hpp"

namespace infodiet::recsys {
namespace {

constexpr AttentionConfig model_config{.width = 8, .blocks = 2, .heads = 2, .ffn_width = 16, .max_length = 5};

AttentionModel make_model() {
  AttentionWeights weights = initial_weights(model_config, 12, 3);
  // As large as trained weights are, so that differences between histories are not lost in rounding.
  for (float& value : weights.network.flat()) value *= 10;
  for (float& value : weights.items) value *= 20;
  return AttentionModel(model_config, std::move(weights));
}

std::vector<float> scores_of_items(const AttentionModel& model, std::vector<ItemIndex> items) {
  const History history{items, {}};
  std::vector<float> scores(model.catalogue_size());
  model.score({&history, 1}, {scores.data(), 1, scores.size()});
  return scores;
}

TEST(AttentionModel, AttendsOverTheLastInteractionsOnly) {
  const AttentionModel model = make_model();
  EXPECT_EQ(scores_of_items(model, {9, 8, 7, 0, 1, 2, 3, 4}), scores_of_items(model, {0, 1, 2, 3, 4}));
  EXPECT_NE(scores_of_items(model, {1, 1, 2, 3, 4}), scores_of_items(model, {0, 1, 2, 3, 4}));
}

TEST(AttentionModel, KnowsTheOrder) {
  const AttentionModel model = make_model();
  EXPECT_NE(scores_of_items(model, {0, 1, 2}), scores_of_items(model, {1, 0, 2}));
}

TEST(AttentionModel, ScoresAHistoryAlikeAloneAndAmongOthers) {
  const AttentionModel model = make_model();
  const std::vector<std::vector<ItemIndex>> items = {{0, 1, 2}, {}, {5}, {3, 3, 3, 3, 3, 3}};
  std::vector<History> histories;
  for (const auto& list : items) histories.push_back({list, {}});
  std::vector<float> together(items.size() * 12);
  model.score(histories, {together.data(), items.size(), 12});
  for (std::size_t b = 0; b < items.size(); ++b) {
    const std::vector<float> alone = scores_of_items(model, items[b]);
    for (std::size_t v = 0; v < 12; ++v) EXPECT_NEAR(together[b * 12 + v], alone[v], 1e-4);
  }
  EXPECT_EQ(scores_of_items(model, {}), std::vector<float>(12, 0.0F));
}

TEST(AttentionModel, RefusesScoresOfAnotherShape) {
  const AttentionModel model = make_model();
  const History history;
  std::vector<float> scores(11);
  EXPECT_THROW(model.score({&history, 1}, {scores.data(), 1, 11}), ShapeError);
}

TEST(AttentionModel, AttendsWithWeightsThatAddUpToOne) {
  const AttentionModel model = make_model();
  const std::vector<ItemIndex> items = {9, 0, 1, 2, 3, 4};
  const std::vector<double> attention = model.attention_of_last({items, {}});
  EXPECT_EQ(attention.size(), 5U);
  EXPECT_NEAR(std::accumulate(attention.begin(), attention.end(), 0.0), 1.0, 1e-5);
}

TEST(AttentionModel, WithATemperatureScoresWithCosinesOverIt) {
  AttentionConfig cosine = model_config;
  cosine.temperature = 0.05;
  AttentionWeights weights = initial_weights(cosine, 12, 3);
  const std::vector<float> first = scores_of_items(AttentionModel(cosine, weights), {0, 1, 2});
  for (const float score : first) EXPECT_LE(std::abs(score), 1 / 0.05 + 1e-3);
  // Only the direction of an output vector counts, not its length; item 9 is not in the history.
  for (std::size_t d = 0; d < model_config.width; ++d) weights.items(9, d) *= 3;
  const std::vector<float> second = scores_of_items(AttentionModel(cosine, weights), {0, 1, 2});
  EXPECT_NEAR(first[9], second[9], 1e-4);
}

TEST(AttentionModel, KnowsTheTimesBetweenInteractionsIfTold) {
  AttentionConfig timed = model_config;
  timed.intervals = engine::Intervals::biased;
  AttentionWeights weights = initial_weights(timed, 12, 3);
  for (float& value : weights.network.flat()) value *= 10;
  for (float& value : weights.items) value *= 20;
  const AttentionModel model(timed, weights);
  const std::vector<ItemIndex> items = {0, 1, 2};
  const auto scores_at = [&](std::vector<std::int64_t> times) {
    const History history{items, times};
    std::vector<float> scores(model.catalogue_size());
    model.score({&history, 1}, {scores.data(), 1, scores.size()});
    return scores;
  };
  EXPECT_NE(scores_at({0, 60, 120}), scores_at({0, 60, 86400}));
  EXPECT_EQ(scores_at({0, 60, 120}), scores_at({1000, 1060, 1120})) << "only differences count";
  EXPECT_EQ(scores_at({}), scores_at({5, 5, 5})) << "unknown times count as one moment";
}

TEST(ColdItems, AreTheMeanOfTheirTopicsMeans) {
  TopicNumbers topics;
  for (const std::vector<std::string>& of_item :
       std::vector<std::vector<std::string>>{{"a"}, {"a"}, {"b"}, {"a", "b"}, {"c"}}) {
    topics.add(of_item);
  }
  ColdItems items{.cold = {false, false, false, true, true}, .topics = std::move(topics).finish()};
  engine::Matrix<float> vectors;
  vectors.resize({5, 1});
  const std::vector<float> values = {1, 3, 10, 99, 99};
  std::copy(values.begin(), values.end(), vectors.begin());
  fill_cold_rows(items, vectors);
  EXPECT_FLOAT_EQ(vectors(3, 0), (2 + 10) / 2.0F);
  EXPECT_FLOAT_EQ(vectors(4, 0), 14 / 3.0F) << "nobody else has topic c: the mean of all";
  EXPECT_FLOAT_EQ(vectors(1, 0), 3);
  items.cold.pop_back();
  EXPECT_THROW(fill_cold_rows(items, vectors), ShapeError);
}

TEST(SimilarItems, AreThoseOfTheSameDirection) {
  AttentionWeights weights = initial_weights(model_config, 12, 3);
  for (std::size_t d = 0; d < model_config.width; ++d) weights.items(7, d) = 5 * weights.items(2, d);
  const BlendedModel model(std::make_shared<const AttentionModel>(model_config, weights), {});
  const std::vector<ScoredItem> found = similar_items(model, 2, 3);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].item, 7U);
  EXPECT_NEAR(found[0].score, 1, 1e-5);
  EXPECT_GE(found[1].score, found[2].score);
  EXPECT_THROW(similar_items(model, 12, 3), ShapeError);
}

}  // namespace
}  // namespace infodiet::recsys
