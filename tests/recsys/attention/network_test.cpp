#include "recsys/attention/network.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/support/gradient_check.hpp"

namespace infodiet::recsys {
namespace {

void expect_gradients_to_match(const AttentionConfig& config) {
  const AttentionNetwork<double> network(config);
  engine::Parameters<double> parameters = engine::initialise<double>(network.layout(), 3);
  // Larger than at the start: gradients near 0 could not be told from rounding.
  for (double& value : parameters.flat()) value *= 3;
  engine::Matrix<double> items;
  items.resize({7, config.width});
  engine::RandomStream stream(4, engine::Purpose::test);
  for (double& value : items) value = stream.normal();
  const std::vector<std::uint32_t> tokens = {0, 1, 1, 6, 3, 2, 5, 4, 0, 2};
  const std::vector<std::size_t> offsets = {0, 1, 10, 10};
  const std::vector<std::int64_t> times = {5, 0, 1, 60, 61, 4000, 90000, 90000, 90001, 99999};
  const engine::Ragged batch(offsets, times);
  engine::Matrix<double> weights;  // the loss is the sum of hidden times these
  weights.resize({tokens.size(), config.width});
  for (double& value : weights) value = stream.normal();
  AttentionNetwork<double>::Cache cache;
  engine::Workspace<double> workspace;
  engine::Parameters<double> gradients(network.layout());
  const engine::Run<double> run{
      parameters, workspace, {.mode = engine::Mode::train, .seed = 5, .step = 6, .first_token = 7}, &gradients};
  engine::Matrix<double> hidden;
  const auto loss = [&] {
    network.forward(run, items, tokens, batch, cache, hidden);
    return std::inner_product(hidden.begin(), hidden.end(), weights.begin(), 0.0);
  };
  loss();
  engine::Matrix<double> gradient = weights;
  network.backward(run, batch, cache, gradient);
  engine::Matrix<double> ditems;
  ditems.resize(items.shape());
  std::fill(ditems.begin(), ditems.end(), 0.0);
  engine::ThreadPool pool(1);
  engine::scatter_add_rows<double>(pool, gradient, tokens, network.item_scale(), ditems);

  std::vector<test::Differentiated> blocks = {{"items", {items.data(), items.size()}, {ditems.data(), ditems.size()}}};
  test::add_parameters(blocks, network.layout(), parameters, gradients);
  EXPECT_TRUE(test::gradients_match(blocks, loss));
}

constexpr AttentionConfig plain_config{
    .width = 8, .blocks = 2, .heads = 2, .ffn_width = 12, .max_length = 9, .dropout = 0.3, .attention_dropout = 0.2};

TEST(AttentionNetwork, GradientsMatchDifferences) {
  expect_gradients_to_match(plain_config);
}

TEST(AttentionNetwork, GradientsMatchDifferencesWithEverythingOn) {
  for (const engine::BlockKind block :
       {engine::BlockKind::post_norm, engine::BlockKind::gated, engine::BlockKind::hstu}) {
    SCOPED_TRACE(static_cast<int>(block));
    AttentionConfig config = plain_config;
    config.block = block;
    config.positions = block == engine::BlockKind::hstu ? PositionVectors::ignored : PositionVectors::learned;
    config.relative_buckets = 5;
    config.intervals = engine::Intervals::biased;
    config.temperature = 0.5;
    expect_gradients_to_match(config);
  }
}

}  // namespace
}  // namespace infodiet::recsys
