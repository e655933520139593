#include "recsys/attention/blended_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/errors.hpp"

namespace infodiet::recsys {
namespace {

constexpr AttentionConfig config{.width = 8, .blocks = 1, .heads = 2, .ffn_width = 16, .max_length = 5};

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
  AttentionWeights weights = initial_weights(config, 4, 3);
  for (float& value : weights.items) value *= 20;
  const auto attention = std::make_shared<const AttentionModel>(config, weights);
  const auto neighbours = std::make_shared<const ItemKnn>(some_data());
  const BlendedModel blend(attention, neighbours, 0.3);
  const std::vector<double> a = shares_of(*attention, true);
  const std::vector<double> n = shares_of(*neighbours, false);
  const std::vector<double> mixed = shares_of(blend, true);
  for (std::size_t v = 0; v < 4; ++v) EXPECT_NEAR(mixed[v], 0.7 * a[v] + 0.3 * n[v], 1e-5);
}

TEST(BlendedModel, OfWeightZeroIsTheAttentionModel) {
  const auto attention = std::make_shared<const AttentionModel>(config, initial_weights(config, 4, 3));
  const BlendedModel blend(attention, nullptr, 0);
  EXPECT_EQ(shares_of(blend, true), shares_of(*attention, true));
}

TEST(BlendedModel, RefusesOtherCataloguesAndWeights) {
  const auto attention = std::make_shared<const AttentionModel>(config, initial_weights(config, 5, 3));
  const auto neighbours = std::make_shared<const ItemKnn>(some_data());
  EXPECT_THROW(BlendedModel(attention, neighbours, 0.3), ShapeError);
  EXPECT_THROW(BlendedModel(attention, neighbours, 1), Error);
  EXPECT_THROW(BlendedModel(attention, neighbours, std::nan("")), Error);
}

}  // namespace
}  // namespace infodiet::recsys
