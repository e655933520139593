#include "recsys/attention/blended_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/errors.hpp"
#include "recsys/baselines/ease.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/baselines/recent_popularity.hpp"

namespace infodiet::recsys {
namespace {

constexpr AttentionConfig blended_config{.width = 8, .blocks = 1, .heads = 2, .ffn_width = 16, .max_length = 5};

Dataset some_data() {
  Dataset data;
  data.item_ids = {1, 2, 3, 4};
  data.items = {0, 1, 2, 0, 1, 3, 1, 2};
  data.offsets = {0, 3, 6, 8};
  data.user_ids = {1, 2, 3};
  return data;
}

std::vector<double> shares_of(const Recommender& model, bool logarithms) {
  const std::vector<ItemIndex> items = {0, 1};
  const History history{items, {}};
  std::vector<float> scores(4);
  model.score({&history, 1}, {scores.data(), 1, 4});
  std::vector<double> shares(scores.begin(), scores.end());
  if (logarithms) {
    for (double& share : shares) share = std::exp(share);
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
  return shares;
}

TEST(BlendedModel, MixesTheTwoDistributions) {
  AttentionWeights weights = initial_weights(blended_config, 4, 3);
  for (float& value : weights.items) value *= 20;
  const auto attention = std::make_shared<const AttentionModel>(blended_config, weights);
  const auto neighbours = std::make_shared<const ItemKnn>(some_data());
  const BlendedModel blend(attention, blend_with(neighbours, 0.3));
  const std::vector<double> a = shares_of(*attention, true);
  const std::vector<double> n = shares_of(*neighbours, false);
  const std::vector<double> mixed = shares_of(blend, true);
  for (std::size_t v = 0; v < 4; ++v) EXPECT_NEAR(mixed[v], 0.7 * a[v] + 0.3 * n[v], 1e-5);
}

TEST(BlendedModel, CalibratesAttentionByItsTemperature) {
  AttentionWeights weights = initial_weights(blended_config, 4, 3);
  for (float& value : weights.items) value *= 20;
  const auto attention = std::make_shared<const AttentionModel>(blended_config, weights);
  const auto neighbours = std::make_shared<const ItemKnn>(some_data());
  Blend warm = blend_with(neighbours, 0.3);
  warm.temperature = 2;
  const std::vector<double> n = shares_of(*neighbours, false);
  std::vector<double> a = shares_of(*attention, true);
  for (double& share : a) share = std::sqrt(share);
  const double sum = std::accumulate(a.begin(), a.end(), 0.0);
  const std::vector<double> mixed = shares_of(BlendedModel(attention, warm), true);
  for (std::size_t v = 0; v < 4; ++v) EXPECT_NEAR(mixed[v], 0.7 * a[v] / sum + 0.3 * n[v], 1e-5);
  warm.temperature = 0;
  EXPECT_THROW(BlendedModel(attention, warm), Error);
}

// Small vectors make scores whose logarithms are often the same float, while their shares are not.
void expect_lists_are_the_best(const BlendedModel& blend, std::span<const ListQuery> queries) {
  const std::size_t catalogue = blend.catalogue_size();
  std::vector<History> histories;
  for (const ListQuery& query : queries) histories.push_back(query.history);
  std::vector<float> scores(queries.size() * catalogue);
  blend.score(histories, {scores.data(), queries.size(), catalogue});
  engine::ThreadPool pool(2);
  for (const std::size_t k : {0U, 1U, 10U, 250U, 1000U}) {
    std::vector<std::vector<ScoredItem>> lists;
    blend.recommend(pool, queries, k, lists);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      TopK best;
      const std::span<const float> row = std::span(scores).subspan(q * catalogue, catalogue);
      const std::span<const ScoredItem> expected = top_k(row, queries[q].allowed, k, best);
      EXPECT_EQ(lists[q], std::vector<ScoredItem>(expected.begin(), expected.end())) << k << ' ' << q;
    }
  }
}

TEST(BlendedModel, ListsAreTheBestOfItsScores) {
  constexpr std::size_t catalogue = 300;
  Dataset data;
  data.user_ids = {1};
  for (std::size_t i = 0; i < catalogue; ++i) data.item_ids.push_back(static_cast<std::int64_t>(i));
  for (std::size_t i = 0; i < 40; ++i) data.items.push_back(static_cast<ItemIndex>(i * i % 50));
  data.offsets = {0, data.items.size()};
  const auto neighbours = std::make_shared<const ItemKnn>(data);
  Blend many = blend_with(neighbours, 0.4);
  many.parts.push_back(as_part(std::make_shared<const Ease>(data, EaseOptions{.l2 = 1})));
  many.parts.push_back(as_part(std::make_shared<const Markov>(data)));
  many.parts.push_back(as_part(std::make_shared<const RecentPopularity>(data)));
  many.lengths = {1, 3};
  many.weights = {{0.4, 0.3, 0.1, 0.1, 0.1}, {0, 0.2, 0.5, 0, 0.3}};
  std::vector<std::uint8_t> mask(catalogue);
  for (std::size_t i = 0; i < catalogue; ++i) mask[i] = i % 3 != 0;
  for (const float size : {0.0F, 1e-6F, 1e-3F, 1.0F, 1000.0F}) {
    AttentionWeights weights = initial_weights(blended_config, catalogue, 5);
    for (float& value : weights.items) value *= size;
    const auto attention = std::make_shared<const AttentionModel>(blended_config, weights);
    const std::vector<ItemIndex> items = {3, 9, 1};
    std::vector<ListQuery> queries;
    for (std::size_t n = 1; n <= items.size(); ++n) {
      queries.push_back({.history = {std::span(items).first(n), {}}, .allowed = {.excluded = items, .mask = mask}});
      queries.push_back({.history = {std::span(items).first(n), {}}});
    }
    SCOPED_TRACE(size);
    expect_lists_are_the_best({attention, blend_with(neighbours, 0.4)}, queries);
    expect_lists_are_the_best({attention, many}, queries);
  }
}

TEST(Blend, WeighsByTheLengthOfTheHistory) {
  const Blend blend{.parts = {{}}, .lengths = {3, 15}, .weights = {{0.2, 0.8}, {0.6, 0.4}}};
  EXPECT_EQ(blend.weights_at(0), (std::vector{0.2, 0.8}));
  EXPECT_EQ(blend.weights_at(3), (std::vector{0.2, 0.8}));
  EXPECT_EQ(blend.weights_at(90), (std::vector{0.6, 0.4}));
  EXPECT_NEAR(blend.weights_at(7)[0], 0.4, 1e-12) << "8 lies in the middle between 4 and 16 by logarithm";
}

TEST(BlendedModel, TakesSharesOfLinearScoresBySoftmax) {
  const auto attention = std::make_shared<const AttentionModel>(blended_config, initial_weights(blended_config, 4, 3));
  const auto ease = std::make_shared<const Ease>(some_data(), EaseOptions{.l2 = 2});
  const std::vector<ItemIndex> items = {0, 1};
  const History history{items, {}};
  std::vector<float> scores(4);
  ease->score({&history, 1}, {scores.data(), 1, 4});
  double sum = 0;
  for (const float score : scores) sum += std::exp(static_cast<double>(score) / 0.05);
  const std::vector<double> alone = shares_of(BlendedModel(attention, blend_with(ease, 1)), true);
  for (std::size_t v = 0; v < 4; ++v)
    EXPECT_NEAR(alone[v], std::exp(static_cast<double>(scores[v]) / 0.05) / sum, 1e-5);
}

std::shared_ptr<const AttentionModel> member_of(std::uint64_t seed, std::size_t catalogue) {
  AttentionWeights weights = initial_weights(blended_config, catalogue, seed);
  for (float& value : weights.items) value *= 20;
  return std::make_shared<const AttentionModel>(blended_config, weights);
}

TEST(BlendedModel, AveragesTheDistributionsOfItsMembers) {
  const std::vector members{member_of(1, 4), member_of(2, 4), member_of(3, 4)};
  const auto neighbours = std::make_shared<const ItemKnn>(some_data());
  const BlendedModel model(members, {});
  EXPECT_TRUE(model.mixes());
  const std::vector<double> average = shares_of(model, true);
  const std::vector<double> mixed = shares_of(BlendedModel(members, blend_with(neighbours, 0.3)), true);
  const std::vector<double> n = shares_of(*neighbours, false);
  for (std::size_t v = 0; v < 4; ++v) {
    double sum = 0;
    for (const auto& member : members) sum += shares_of(*member, true)[v];
    EXPECT_NEAR(average[v], sum / 3, 1e-6) << v;
    EXPECT_NEAR(mixed[v], 0.7 * sum / 3 + 0.3 * n[v], 1e-6) << v;
  }
  const std::vector<ItemIndex> items = {0, 1, 2};
  const History history{items, {}};
  const std::vector<double> attention = model.attention_of_last(history);
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0;
    for (const auto& member : members) sum += member->attention_of_last(history)[i];
    EXPECT_NEAR(attention[i], sum / 3, 1e-12);
  }
}

TEST(BlendedModel, OfMembersListsTheBestOfItsScores) {
  constexpr std::size_t catalogue = 300;
  const BlendedModel model({member_of(1, catalogue), member_of(2, catalogue)}, {});
  const std::vector<ItemIndex> items = {3, 77, 210};
  const std::vector<ListQuery> queries{{.history = {items, {}}}, {.history = {std::span(items).first(1), {}}}};
  expect_lists_are_the_best(model, queries);
}

TEST(BlendedModel, RefusesMembersOfOtherCatalogues) {
  EXPECT_THROW(BlendedModel({member_of(1, 4), member_of(2, 5)}, {}), ShapeError);
  EXPECT_THROW(BlendedModel(std::vector<std::shared_ptr<const AttentionModel>>{}, {}), Error);
}

TEST(BlendedModel, OfWeightZeroIsTheAttentionModel) {
  const auto attention = std::make_shared<const AttentionModel>(blended_config, initial_weights(blended_config, 4, 3));
  const BlendedModel blend(attention, blend_with(nullptr, 0));
  EXPECT_EQ(shares_of(blend, true), shares_of(*attention, true));
}

TEST(BlendedModel, RefusesOtherCataloguesAndWeights) {
  const auto attention = std::make_shared<const AttentionModel>(blended_config, initial_weights(blended_config, 5, 3));
  const auto neighbours = std::make_shared<const ItemKnn>(some_data());
  EXPECT_THROW(BlendedModel(attention, blend_with(neighbours, 0.3)), ShapeError);
  EXPECT_THROW(BlendedModel(attention, blend_with(neighbours, 1.1)), Error);
  EXPECT_THROW(BlendedModel(attention, blend_with(neighbours, std::nan(""))), Error);
  Blend blend = blend_with(neighbours, 0.3);
  blend.lengths.clear();
  EXPECT_THROW(BlendedModel(attention, blend), Error);
}

}  // namespace
}  // namespace infodiet::recsys
