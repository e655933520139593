// Backward passes of the layers that process one token at a time against differences of their forward passes, with and
// without dropout (its draw fixed by the pass).
#include <gtest/gtest.h>

#include "engine/layers/activation.hpp"
#include "engine/layers/embedding.hpp"
#include "engine/layers/feed_forward.hpp"
#include "engine/layers/layer_norm.hpp"
#include "engine/layers/linear.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::Differentiated;
using test::flat;
using test::gradients_match;
using test::inner_product;
using test::random_matrix;

const std::vector<std::size_t> ragged_offsets = test::offsets_of({0, 1, 300, 0, 17, 64, 65, 2, 128, 0});
const Ragged ragged_batch(ragged_offsets);

TEST(Gradient, Linear) {
  for (const Bias bias : {Bias::no, Bias::yes}) {
    ParameterLayout layout;
    const Linear<double> linear(layout, "linear", {.in = 5, .out = 3, .bias = bias});
    auto parameters = test::random_parameters<double>(layout, 1);
    Parameters<double> gradients(layout);
    auto x = random_matrix<double>(9, 5, 1);
    const auto dy = random_matrix<double>(9, 3, 2);
    Matrix<double> y;
    Matrix<double> dx;
    const auto loss = [&] {
      linear.forward(parameters, x, y);
      return inner_product(y, dy);
    };
    loss();
    linear.backward(parameters, x, dy, dx, gradients);
    std::vector<Differentiated> blocks{{"x", flat(x), flat(dx)}};
    test::add_parameters(blocks, layout, parameters, gradients);
    EXPECT_TRUE(gradients_match(blocks, loss));
  }
}

TEST(Gradient, LayerNorm) {
  for (const std::size_t width : {1, 3, 4, 8, 13}) {
    SCOPED_TRACE(testing::Message() << "width " << width);
    ParameterLayout layout;
    const LayerNorm<double> norm(layout, "norm", width);
    auto parameters = test::random_parameters<double>(layout, 1);
    Parameters<double> gradients(layout);
    auto x = random_matrix<double>(6, width, 1);
    const auto dy = random_matrix<double>(6, width, 2);
    LayerNorm<double>::Cache cache;
    Matrix<double> y;
    Matrix<double> dx;
    const auto loss = [&] {
      norm.forward(parameters, x, cache, y);
      return inner_product(y, dy);
    };
    loss();
    norm.backward(parameters, x, cache, dy, dx, gradients);
    std::vector<Differentiated> blocks{{"x", flat(x), flat(dx)}};
    test::add_parameters(blocks, layout, parameters, gradients);
    EXPECT_TRUE(gradients_match(blocks, loss));
  }
}

TEST(Gradient, Gelu) {
  auto x = random_matrix<double>(5, 7, 1, 3);
  const auto dy = random_matrix<double>(5, 7, 2);
  Matrix<double> y;
  Matrix<double> dx;
  Gelu<double>::backward(x, dy, dx);
  EXPECT_TRUE(gradients_match({{"x", flat(x), flat(dx)}}, [&] {
    Gelu<double>::forward(x, y);
    return inner_product(y, dy);
  }));
}

TEST(Gradient, LookedUpRowsAndPositions) {
  ParameterLayout layout;
  const LearnedPositions<double> positions(layout, "positions", 300, 4);
  const ParameterHandle table = layout.add_matrix("table", 11, 4, Initialiser::normal(1));
  auto parameters = test::random_parameters<double>(layout, 1);
  Parameters<double> gradients(layout);
  RandomStream stream(1, Purpose::test);
  std::vector<std::uint32_t> rows(ragged_batch.tokens());
  for (std::uint32_t& row : rows) row = static_cast<std::uint32_t>(stream.below(11));
  const auto dy = random_matrix<double>(ragged_batch.tokens(), 4, 2);
  Matrix<double> x;
  const auto loss = [&] {
    gather_rows<double>(parameters.matrix(table), rows, 2.5, x);
    positions.forward(parameters, ragged_batch, x);
    return inner_product(x, dy);
  };
  loss();
  ThreadPool pool(2);
  positions.backward(ragged_batch, dy, gradients);
  scatter_add_rows<double>(pool, dy, rows, 2.5, gradients.matrix(table));
  std::vector<Differentiated> blocks;
  test::add_parameters(blocks, layout, parameters, gradients);
  EXPECT_TRUE(gradients_match(blocks, loss));
}

TEST(Gradient, FeedForward) {
  using Case = std::pair<Activation, double>;
  for (const auto& [activation, dropout] :
       {Case{Activation::gelu, 0}, {Activation::gelu, 0.4}, {Activation::relu, 0.4}, {Activation::swiglu, 0.4}}) {
    ParameterLayout layout;
    const FeedForward<double> layer(layout, "ff",
                                    {.width = 5, .ffn_width = 11, .activation = activation, .dropout = dropout});
    auto parameters = test::random_parameters<double>(layout, 1);
    Parameters<double> gradients(layout);
    auto x = random_matrix<double>(9, 5, 1);
    const auto dy = random_matrix<double>(9, 5, 2);
    FeedForward<double>::Cache cache;
    Workspace<double> workspace;
    const engine::Run<double> run{
        parameters, workspace, {.mode = Mode::train, .seed = 77, .step = 5, .first_token = 1000}, &gradients};
    Matrix<double> y;
    Matrix<double> dx = dy;
    const auto loss = [&] {
      layer.forward(run, x, cache, y);
      return inner_product(y, dy);
    };
    loss();
    layer.backward(run, x, cache, dx);
    std::vector<Differentiated> blocks{{"x", flat(x), flat(dx)}};
    test::add_parameters(blocks, layout, parameters, gradients);
    EXPECT_TRUE(gradients_match(blocks, loss));
  }
}

}  // namespace
}  // namespace infodiet::engine
