// The attention family against the independent values of tests/golden/README.md, in float and double.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/attention/additive.hpp"
#include "engine/attention/multi_head.hpp"
#include "engine/attention/pooling.hpp"
#include "engine/attention/rotary.hpp"
#include "engine/attention/two_stream.hpp"
#include "engine/layers/activation.hpp"
#include "engine/layers/embedding.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::close;
using test::get;
using test::golden_matrix;
using test::precision;
using test::set;
using test::zeros_like;

/// One slice of the leading axes as a batch of one sequence of queries and one of keys.
struct Sequences {
  Sequences(std::size_t query_count, std::size_t key_count)
      : query_offsets{0, query_count}, key_offsets{0, key_count} {}
  std::vector<std::size_t> query_offsets;
  std::vector<std::size_t> key_offsets;
  Ragged queries{query_offsets};
  Ragged keys{key_offsets};
};

template <class T>
class GoldenAttention : public testing::Test {};
TYPED_TEST_SUITE(GoldenAttention, test::Reals);

template <class T>
void expect_scaled_dot_product(const std::string& which, std::size_t slices, std::size_t heads, Mask mask,
                               const std::vector<Matrix<std::uint8_t>>& keep = {}) {
  for (std::size_t slice = 0; slice < slices; ++slice) {
    SCOPED_TRACE(testing::Message() << which << ", slice " << slice);
    const auto q = golden_matrix<T>(which, "q", slice, 2);
    const auto k = golden_matrix<T>(which, "k", slice, 2);
    const auto v = golden_matrix<T>(which, "v", slice, 2);
    const auto dout = golden_matrix<T>(which, "dout", slice, 2);
    ParameterLayout layout;
    const MultiHead<T> attention(layout, "sdpa", {.mask = mask});
    const Parameters<T> parameters(layout);
    Parameters<T> gradients(layout);
    const Sequences batch(q.shape(0), k.shape(0));
    AttentionInputs<T> in{.queries = batch.queries, .keys = batch.keys, .query = q, .key = k, .value = v};
    MatrixSpan<const std::uint8_t> kept;
    if (!keep.empty()) {
      kept = keep[slice / heads];
      in.keep = {&kept, 1};
    }
    typename MultiHead<T>::Cache cache;
    Workspace<T> workspace;
    auto out = zeros_like(dout);
    auto dq = zeros_like(q);
    auto dk = zeros_like(k);
    auto dv = zeros_like(v);
    const engine::Run<T> run{parameters, workspace, {}, &gradients};
    attention.forward(run, in, cache, out);
    attention.backward(run, in, cache, out, dout, {.query = dq, .key = dk, .value = dv});
    EXPECT_TRUE(close(out, golden_matrix<double>(which, "out", slice, 2), precision<T>));
    EXPECT_TRUE(
        close(attention.weights(in, cache, 0), golden_matrix<double>(which, "weights", slice, 2), precision<T>));
    EXPECT_TRUE(close(dq, golden_matrix<double>(which, "dq", slice, 2), precision<T>));
    EXPECT_TRUE(close(dk, golden_matrix<double>(which, "dk", slice, 2), precision<T>));
    EXPECT_TRUE(close(dv, golden_matrix<double>(which, "dv", slice, 2), precision<T>));
  }
}

TYPED_TEST(GoldenAttention, ScaledDotProduct) {
  expect_scaled_dot_product<TypeParam>("sdpa", 4, 2, Mask::none);
  expect_scaled_dot_product<TypeParam>("sdpa_causal", 4, 2, Mask::causal);
}

TYPED_TEST(GoldenAttention, ScoresInTheThousandsStayFinite) {
  expect_scaled_dot_product<TypeParam>("sdpa_extreme", 1, 1, Mask::none);
}

// Query 2 of the first batch may attend to nothing: its weights, output and gradients are 0.
TYPED_TEST(GoldenAttention, ArbitraryMask) {
  std::vector<Matrix<std::uint8_t>> keep;
  for (std::size_t b = 0; b < 2; ++b) keep.push_back(golden_matrix<std::uint8_t>("sdpa_mask", "keep", b, 2));
  expect_scaled_dot_product<TypeParam>("sdpa_mask", 4, 2, Mask::none, keep);
}

TYPED_TEST(GoldenAttention, Additive) {
  using T = TypeParam;
  for (std::size_t b = 0; b < 2; ++b) {
    const auto q = golden_matrix<T>("additive", "q", b, 1);
    const auto k = golden_matrix<T>("additive", "k", b, 1);
    const auto v = golden_matrix<T>("additive", "v", b, 1);
    ParameterLayout layout;
    const AdditiveAttention<T> attention(layout, "additive", {.query_width = 4, .key_width = 6, .hidden = 3});
    Parameters<T> parameters(layout);
    Parameters<T> gradients(layout);
    set(parameters, layout, "additive.query.weight", golden_matrix<T>("additive", "Wq"));
    set(parameters, layout, "additive.key.weight", golden_matrix<T>("additive", "Wk"));
    set(parameters, layout, "additive.score", golden_matrix<T>("additive", "u"));
    const Sequences batch(q.shape(0), k.shape(0));
    const AttentionInputs<T> in{.queries = batch.queries, .keys = batch.keys, .query = q, .key = k, .value = v};
    typename AdditiveAttention<T>::Cache cache;
    Workspace<T> workspace;
    Matrix<T> out;
    auto dq = zeros_like(q);
    auto dk = zeros_like(k);
    auto dv = zeros_like(v);
    const engine::Run<T> run{parameters, workspace, {}, &gradients};
    attention.forward(run, in, cache, out);
    attention.backward(run, in, cache, out, golden_matrix<T>("additive", "dout", b, 1),
                       {.query = dq, .key = dk, .value = dv});
    EXPECT_TRUE(close(out, golden_matrix<double>("additive", "out", b, 1), precision<T>));
    EXPECT_TRUE(close(attention.weights(parameters, in, cache, 0), golden_matrix<double>("additive", "weights", b, 1),
                      precision<T>));
    EXPECT_TRUE(close(dq, golden_matrix<double>("additive", "dq", b, 1), precision<T>));
    EXPECT_TRUE(close(dk, golden_matrix<double>("additive", "dk", b, 1), precision<T>));
    EXPECT_TRUE(close(dv, golden_matrix<double>("additive", "dv", b, 1), precision<T>));
  }
}

// The parameters' gradients are sums over both sequences, as one batch of two gives.
TYPED_TEST(GoldenAttention, AdditiveParameters) {
  using T = TypeParam;
  const auto q = golden_matrix<T>("additive", "q");
  const auto k = golden_matrix<T>("additive", "k");
  const auto v = golden_matrix<T>("additive", "v");
  ParameterLayout layout;
  const AdditiveAttention<T> attention(layout, "additive", {.query_width = 4, .key_width = 6, .hidden = 3});
  Parameters<T> parameters(layout);
  Parameters<T> gradients(layout);
  set(parameters, layout, "additive.query.weight", golden_matrix<T>("additive", "Wq"));
  set(parameters, layout, "additive.key.weight", golden_matrix<T>("additive", "Wk"));
  set(parameters, layout, "additive.score", golden_matrix<T>("additive", "u"));
  const std::vector<std::size_t> query_offsets{0, 5, 10};
  const std::vector<std::size_t> key_offsets{0, 7, 14};
  const Ragged queries(query_offsets);
  const Ragged keys(key_offsets);
  const AttentionInputs<T> in{.queries = queries, .keys = keys, .query = q, .key = k, .value = v};
  typename AdditiveAttention<T>::Cache cache;
  Workspace<T> workspace;
  Matrix<T> out;
  auto dq = zeros_like(q);
  auto dk = zeros_like(k);
  auto dv = zeros_like(v);
  const engine::Run<T> run{parameters, workspace, {}, &gradients};
  attention.forward(run, in, cache, out);
  attention.backward(run, in, cache, out, golden_matrix<T>("additive", "dout"), {.query = dq, .key = dk, .value = dv});
  EXPECT_TRUE(close(out, golden_matrix<double>("additive", "out"), precision<T>));
  EXPECT_TRUE(
      close(get(gradients, layout, "additive.query.weight"), golden_matrix<double>("additive", "dWq"), precision<T>));
  EXPECT_TRUE(
      close(get(gradients, layout, "additive.key.weight"), golden_matrix<double>("additive", "dWk"), precision<T>));
  EXPECT_TRUE(close(get(gradients, layout, "additive.score"), golden_matrix<double>("additive", "du"), precision<T>));
}

TYPED_TEST(GoldenAttention, TwoStream) {
  using T = TypeParam;
  for (std::size_t b = 0; b < 2; ++b) {
    const auto q = golden_matrix<T>("two_stream", "q", b, 1);
    const auto r = golden_matrix<T>("two_stream", "r", b, 1);
    const auto k = golden_matrix<T>("two_stream", "k", b, 1);
    const auto s = golden_matrix<T>("two_stream", "S", b, 1);
    const auto v = golden_matrix<T>("two_stream", "v", b, 1);
    ParameterLayout layout;
    const TwoStreamAttention<T> attention(layout, "two_stream", {});
    const Sequences batch(q.shape(0), k.shape(0));
    const TwoStreamInputs<T> in{
        .content = {.queries = batch.queries, .keys = batch.keys, .query = q, .key = k, .value = v},
        .second_query = r,
        .second_key = s};
    const Parameters<T> none(layout);
    typename TwoStreamAttention<T>::Cache cache;
    Workspace<T> workspace;
    Matrix<T> out;
    auto dq = zeros_like(q);
    auto dr = zeros_like(r);
    auto dk = zeros_like(k);
    auto ds = zeros_like(s);
    auto dv = zeros_like(v);
    const engine::Run<T> run{none, workspace};
    attention.forward(run, in, cache, out);
    attention.backward(run, in, cache, out, golden_matrix<T>("two_stream", "dout", b, 1),
                       {{.query = dq, .key = dk, .value = dv}, dr, ds});
    EXPECT_TRUE(close(out, golden_matrix<double>("two_stream", "out", b, 1), precision<T>));
    EXPECT_TRUE(
        close(attention.weights(in, cache, 0), golden_matrix<double>("two_stream", "weights", b, 1), precision<T>));
    EXPECT_TRUE(close(dq, golden_matrix<double>("two_stream", "dq", b, 1), precision<T>));
    EXPECT_TRUE(close(dr, golden_matrix<double>("two_stream", "dr", b, 1), precision<T>));
    EXPECT_TRUE(close(dk, golden_matrix<double>("two_stream", "dk", b, 1), precision<T>));
    EXPECT_TRUE(close(ds, golden_matrix<double>("two_stream", "dS", b, 1), precision<T>));
    EXPECT_TRUE(close(dv, golden_matrix<double>("two_stream", "dv", b, 1), precision<T>));
  }
}

TYPED_TEST(GoldenAttention, WeightedAverage) {
  using T = TypeParam;
  const auto x = golden_matrix<T>("weighted_average", "x");
  const auto dout = golden_matrix<T>("weighted_average", "dout");
  ParameterLayout layout;
  const AttentionPooling<T> pooling(layout, "pool", {.width = 4});
  Parameters<T> parameters(layout);
  Parameters<T> gradients(layout);
  set(parameters, layout, "pool.query", golden_matrix<T>("weighted_average", "u"));
  const std::vector<std::size_t> offsets{0, 6, 12};
  const Ragged batch(offsets);
  typename AttentionPooling<T>::Cache cache;
  Workspace<T> workspace;
  Matrix<T> y;
  Matrix<T> dx;
  const engine::Run<T> run{parameters, workspace, {}, &gradients};
  pooling.forward(run, {batch, x}, cache, y);
  pooling.backward(run, {batch, x}, cache, y, dout, dx);
  EXPECT_TRUE(close(y, golden_matrix<double>("weighted_average", "out"), precision<T>));
  EXPECT_TRUE(close(pooling.weights(parameters, {batch, x}, cache),
                    golden_matrix<double>("weighted_average", "weights"), precision<T>));
  EXPECT_TRUE(close(dx, golden_matrix<double>("weighted_average", "dx"), precision<T>));
  EXPECT_TRUE(
      close(get(gradients, layout, "pool.query"), golden_matrix<double>("weighted_average", "du"), precision<T>));
}

TYPED_TEST(GoldenAttention, Rotary) {
  using T = TypeParam;
  auto x = golden_matrix<T>("rotary", "x");
  auto gradient = golden_matrix<T>("rotary", "dout");
  const std::vector<std::size_t> offsets{0, 6};
  const Rotary<T> rotary("rotary", 10, 8);
  rotary.forward(Ragged(offsets), x);
  rotary.backward(Ragged(offsets), gradient);
  EXPECT_TRUE(close(x, golden_matrix<double>("rotary", "out"), precision<T>));
  EXPECT_TRUE(close(gradient, golden_matrix<double>("rotary", "dx"), precision<T>));
}

TYPED_TEST(GoldenAttention, Sinusoidal) {
  using T = TypeParam;
  EXPECT_TRUE(close(SinusoidalPositions<T>("positions", 50, 16).table(), golden_matrix<double>("sinusoidal", "table"),
                    precision<T>));
}

TYPED_TEST(GoldenAttention, Silu) {
  using T = TypeParam;
  const auto x = golden_matrix<T>("silu", "x");
  Matrix<T> y;
  Matrix<T> dx;
  Silu<T>::forward(x, y);
  Silu<T>::backward(x, golden_matrix<T>("silu", "dout"), dx);
  EXPECT_TRUE(close(y, golden_matrix<double>("silu", "out"), precision<T>));
  EXPECT_TRUE(close(dx, golden_matrix<double>("silu", "dx"), precision<T>));
}

}  // namespace
}  // namespace infodiet::engine
