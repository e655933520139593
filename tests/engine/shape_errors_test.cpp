// Shape errors name the function, both shapes and the likely cause.
#include <gtest/gtest.h>

#include <functional>

#include "engine/errors.hpp"
#include "engine/layers/embedding.hpp"
#include "engine/losses/catalogue_cross_entropy.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/transformer/transformer.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::random_matrix;

void expect_message(const std::function<void()>& wrong, const std::vector<std::string>& parts) {
  try {
    wrong();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const ShapeError& error) {
    for (const std::string& part : parts) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what() << "\nlacks: " << part;
    }
  }
}

TEST(ShapeErrors, OfLayers) {
  ParameterLayout layout;
  const Linear<float> linear(layout, "head.projection", {.in = 4, .out = 2});
  const LayerNorm<float> norm(layout, "last_norm", 4);
  const SelfAttention<float> attention(layout, "block.attention", {.width = 4, .heads = 2});
  const LearnedPositions<float> positions(layout, "positions", 5, 4);
  const Parameters<float> parameters(layout);
  Parameters<float> gradients(layout);
  const auto wide = random_matrix<float>(3, 6, 1);
  auto fitting = random_matrix<float>(3, 4, 2);
  Matrix<float> y;
  LayerNorm<float>::Cache norm_cache;
  SelfAttention<float>::Cache attention_cache;
  Workspace<float> workspace;
  const std::vector<std::size_t> offsets{0, 7};
  const Ragged batch(offsets);
  expect_message([&] { linear.forward(parameters, wide, y); }, {"head.projection", "(3, 6)", "(3, 4)", "width"});
  expect_message([&] { linear.backward(parameters, fitting, wide, y, gradients); }, {"(3, 6)", "(3, 2)"});
  expect_message([&] { norm.forward(parameters, wide, norm_cache, y); }, {"last_norm", "(3, 6)", "(3, 4)"});
  expect_message(
      [&] {
        attention.forward({parameters, workspace}, batch, fitting, attention_cache, y);
      },
      {"block.attention", "3", "7", "offsets"});
  expect_message([&] { positions.forward(parameters, batch, fitting); }, {"positions", "(3, 4)", "(7, 4)"});
  auto longer = random_matrix<float>(7, 4, 3);
  expect_message([&] { positions.forward(parameters, batch, longer); }, {"7 tokens", "5 positions"});
  EXPECT_THROW(attention.backward({parameters, workspace}, Ragged(offsets), fitting, attention_cache, y), Error);
  expect_message([&] { SelfAttention<float>(layout, "odd", {.width = 6, .heads = 4}); }, {"odd", "6", "4 heads"});
}

TEST(ShapeErrors, OfTablesLossesAndOptimisers) {
  const auto hidden = random_matrix<float>(3, 4, 1);
  const auto table = random_matrix<float>(5, 4, 2);
  const auto narrow = random_matrix<float>(5, 3, 2);
  Matrix<float> out;
  Matrix<float> dhidden = hidden;
  Matrix<float> dtable = table;
  ThreadPool pool(1);
  CatalogueCrossEntropy<float> loss;
  const std::vector<std::uint32_t> good{0, 1, 4};
  const std::vector<std::uint32_t> outside{0, 1, 5};
  expect_message([&] { gather_rows<float>(table, outside, 1, out); }, {"row 5", "5 rows"});
  expect_message([&] { scatter_add_rows<float>(pool, hidden, outside, 1, dtable); }, {"row 5", "5 rows"});
  expect_message([&] { scatter_add_rows<float>(pool, narrow, good, 1, dtable); }, {"5", "3"});
  expect_message([&] { loss.forward_backward(pool, hidden, table, outside, dhidden, dtable); }, {"target 5", "5 rows"});
  expect_message([&] { loss.forward_backward(pool, hidden, narrow, good, dhidden, dtable); }, {"3", "4", "width"});
  AdamW<float> optimiser(4, {});
  std::vector<float> four(4);
  std::vector<float> five(5);
  expect_message([&] { optimiser.update(pool, five, four, 0.1); }, {"adamw", "5", "4"});
  expect_message([&] { optimiser.update(pool, four, five, 0.1); }, {"adamw", "5", "4"});
}

}  // namespace
}  // namespace infodiet::engine
