// Layers against the independent values of tests/golden/README.md, in float and double.
#include <gtest/gtest.h>

#include <numeric>

#include "engine/attention/entmax.hpp"
#include "engine/attention/self_attention.hpp"
#include "engine/layers/activation.hpp"
#include "engine/layers/layer_norm.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::close;
using test::get;
using test::golden_matrix;
using test::precision;
using test::set;

template <class T>
class Golden : public testing::Test {};
TYPED_TEST_SUITE(Golden, test::Reals);

TYPED_TEST(Golden, LayerNorm) {
  using T = TypeParam;
  ParameterLayout layout;
  const LayerNorm<T> norm(layout, "norm", 8);
  Parameters<T> parameters(layout);
  Parameters<T> gradients(layout);
  set(parameters, layout, "norm.gain", golden_matrix<T>("layer_norm", "gain"));
  set(parameters, layout, "norm.bias", golden_matrix<T>("layer_norm", "bias"));
  const auto x = golden_matrix<T>("layer_norm", "x");
  typename LayerNorm<T>::Cache cache;
  Matrix<T> y;
  Matrix<T> dx;
  norm.forward(parameters, x, cache, y);
  norm.backward(parameters, x, cache, golden_matrix<T>("layer_norm", "dout"), dx, gradients);
  EXPECT_TRUE(close(y, golden_matrix<double>("layer_norm", "out"), precision<T>));
  EXPECT_TRUE(close(dx, golden_matrix<double>("layer_norm", "dx"), precision<T>));
  EXPECT_TRUE(close(get(gradients, layout, "norm.gain"), golden_matrix<double>("layer_norm", "dgain"), precision<T>));
  EXPECT_TRUE(close(get(gradients, layout, "norm.bias"), golden_matrix<double>("layer_norm", "dbias"), precision<T>));
}

TYPED_TEST(Golden, Gelu) {
  using T = TypeParam;
  const auto x = golden_matrix<T>("gelu", "x");
  Matrix<T> y;
  Matrix<T> dx;
  Gelu<T>::forward(x, y);
  Gelu<T>::backward(x, golden_matrix<T>("gelu", "dout"), dx);
  EXPECT_TRUE(close(y, golden_matrix<double>("gelu", "out"), precision<T>));
  EXPECT_TRUE(close(dx, golden_matrix<double>("gelu", "dx"), precision<T>));
}

TYPED_TEST(Golden, Selu) {
  using T = TypeParam;
  const auto x = golden_matrix<T>("selu", "x");
  Matrix<T> y;
  Matrix<T> dx;
  Selu<T>::forward(x, y);
  Selu<T>::backward(x, golden_matrix<T>("selu", "dout"), dx);
  EXPECT_TRUE(close(y, golden_matrix<double>("selu", "out"), precision<T>));
  EXPECT_TRUE(close(dx, golden_matrix<double>("selu", "dx"), precision<T>));
}

TYPED_TEST(Golden, Entmax) {
  using T = TypeParam;
  auto weights = golden_matrix<T>("entmax15", "z");
  auto gradient = golden_matrix<T>("entmax15", "dout");
  for (std::size_t r = 0; r < weights.shape(0); ++r) {
    entmax15(&weights(r, 0), weights.shape(1));
    entmax15_backward(&weights(r, 0), &gradient(r, 0), weights.shape(1));
  }
  EXPECT_TRUE(close(weights, golden_matrix<double>("entmax15", "out"), precision<T>));
  EXPECT_TRUE(close(gradient, golden_matrix<double>("entmax15", "dz"), precision<T>));
}

// The padding of the golden batch does not exist here: its rows are left out of x and dout, and of what is compared.
template <class T>
Matrix<T> without_padding(const std::string& array, const std::vector<std::size_t>& lengths) {
  Matrix<T> packed;
  packed.resize({std::accumulate(lengths.begin(), lengths.end(), std::size_t{0}), 8});
  T* to = packed.data();
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    const auto padded = golden_matrix<T>("multi_head", array, b, 1);
    to = std::copy_n(padded.data(), lengths[b] * 8, to);
  }
  return packed;
}

template <class T>
Matrix<T> side_by_side(const std::vector<Matrix<T>>& parts) {
  Matrix<T> all;
  all.resize({parts[0].shape(0), parts.size() * parts[0].shape(1)});
  for (std::size_t p = 0; p < parts.size(); ++p) {
    for (std::size_t r = 0; r < all.shape(0); ++r) {
      for (std::size_t c = 0; c < parts[p].shape(1); ++c) all(r, p * parts[p].shape(1) + c) = parts[p](r, c);
    }
  }
  return all;
}

template <class T>
Matrix<T> qkv(const std::string& prefix) {
  return side_by_side<T>({golden_matrix<T>("multi_head", prefix + "q"), golden_matrix<T>("multi_head", prefix + "k"),
                          golden_matrix<T>("multi_head", prefix + "v")});
}

TYPED_TEST(Golden, MultiHeadSelfAttention) {
  using T = TypeParam;
  std::vector<std::size_t> lengths;
  for (const double length : test::golden("multi_head", "lens").values) {
    lengths.push_back(static_cast<std::size_t>(length));
  }
  const auto offsets = test::offsets_of(lengths);
  const Ragged batch(offsets);
  ParameterLayout layout;
  const SelfAttention<T> attention(layout, "a", {.width = 8, .heads = 2, .mask = Mask::causal});
  Parameters<T> parameters(layout);
  Parameters<T> gradients(layout);
  set(parameters, layout, "a.qkv.weight", qkv<T>("W"));
  set(parameters, layout, "a.qkv.bias", qkv<T>("b"));
  set(parameters, layout, "a.out.weight", golden_matrix<T>("multi_head", "Wo"));
  set(parameters, layout, "a.out.bias", golden_matrix<T>("multi_head", "bo"));
  const auto x = without_padding<T>("x", lengths);
  typename SelfAttention<T>::Cache cache;
  Workspace<T> workspace;
  Matrix<T> y;
  const engine::Run<T> run{parameters, workspace, {}, &gradients};
  attention.forward(run, batch, x, cache, y);
  auto dx = without_padding<T>("dout", lengths);
  attention.backward(run, batch, x, cache, dx);

  EXPECT_TRUE(close(y, without_padding<double>("out", lengths), precision<T>));
  EXPECT_TRUE(close(dx, without_padding<double>("dx", lengths), precision<T>));
  EXPECT_TRUE(close(get(gradients, layout, "a.qkv.weight"), qkv<double>("dW"), precision<T>));
  // Softmax does not change when all scores of a row change by the same amount, so the gradient of the keys' bias is 0.
  const auto expected_dbias = qkv<double>("db");
  EXPECT_TRUE(close(get(gradients, layout, "a.qkv.bias"), expected_dbias, precision<T>));
  EXPECT_TRUE(close(get(gradients, layout, "a.out.weight"), golden_matrix<double>("multi_head", "dWo"), precision<T>));
  EXPECT_TRUE(close(get(gradients, layout, "a.out.bias"), golden_matrix<double>("multi_head", "dbo"), precision<T>));
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    const auto weights = attention.weights(batch, cache, b);
    const auto expected = golden_matrix<double>("multi_head", "weights", b, 1);  // (H 6, 6)
    for (std::size_t h = 0; h < 2; ++h) {
      for (std::size_t i = 0; i < lengths[b]; ++i) {
        for (std::size_t j = 0; j < lengths[b]; ++j) {
          EXPECT_NEAR(weights(h, i, j), expected(h * 6 + i, j), precision<T>);
        }
      }
    }
  }
}

}  // namespace
}  // namespace infodiet::engine
