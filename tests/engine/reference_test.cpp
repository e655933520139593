// The fast code against the definitions of engine/reference, beyond the sizes of its tiles; and engine/README.md, which
// quotes them.
#include "engine/reference/reference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "engine/attention/additive.hpp"
#include "engine/attention/cross_attention.hpp"
#include "engine/attention/pooling.hpp"
#include "engine/attention/rotary.hpp"
#include "engine/attention/self_attention.hpp"
#include "engine/attention/two_stream.hpp"
#include "engine/layers/activation.hpp"
#include "engine/layers/embedding.hpp"
#include "engine/layers/layer_norm.hpp"
#include "engine/losses/binary_cross_entropy.hpp"
#include "engine/losses/catalogue_cross_entropy.hpp"
#include "engine/losses/sampled_softmax.hpp"
#include "tests/support/read_file.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::close;
using test::precision;
using test::random_matrix;
namespace ref = infodiet::reference;

/// Columns of a matrix in the type that the definitions use.
ref::Matrix columns(const MatrixSpan<const double>& m, std::size_t begin, std::size_t count) {
  ref::Matrix part = ref::Matrix::from_shape({m.rows, count});
  for (std::size_t r = 0; r < m.rows; ++r) std::copy_n(m.row(r) + begin, count, &part(r, 0));
  return part;
}
ref::Matrix plain_copy(const Matrix<double>& m) {
  return columns(m, 0, m.shape(1));
}
ref::Vector numbers(const double* data, std::size_t count) {
  ref::Vector vector = ref::Vector::from_shape({count});
  std::copy_n(data, count, vector.data());
  return vector;
}

/// Queries and keys of one sequence, of values that are exact in either type.
template <class T>
struct RandomInputs {
  RandomInputs(std::size_t query_count, std::size_t key_count, std::size_t width, std::size_t value_width)
      : query_offsets{0, query_count},
        key_offsets{0, key_count},
        q(random_matrix<double>(query_count, width, 1)),
        k(random_matrix<double>(key_count, width, 2)),
        v(random_matrix<double>(key_count, value_width, 3)),
        fast_q(random_matrix<T>(query_count, width, 1)),
        fast_k(random_matrix<T>(key_count, width, 2)),
        fast_v(random_matrix<T>(key_count, value_width, 3)) {}

  AttentionInputs<T> inputs() const {
    return {.queries = queries, .keys = keys, .query = fast_q, .key = fast_k, .value = fast_v};
  }

  std::vector<std::size_t> query_offsets;
  std::vector<std::size_t> key_offsets;
  Ragged queries{query_offsets};
  Ragged keys{key_offsets};
  Matrix<double> q, k, v;
  Matrix<T> fast_q, fast_k, fast_v;
};

template <class T>
class Definition : public testing::Test {};
TYPED_TEST_SUITE(Definition, test::Reals);

constexpr std::size_t tested_lengths[] = {1, 7, 33, 600};

TYPED_TEST(Definition, ScaledDotProductInHeads) {
  using T = TypeParam;
  for (const std::size_t length : tested_lengths) {
    for (const Mask mask : {Mask::none, Mask::causal}) {
      SCOPED_TRACE(testing::Message() << "length " << length);
      const RandomInputs<T> s(length, mask == Mask::causal ? length : length + 3, 6, 4);
      ParameterLayout layout;
      const MultiHead<T> attention(layout, "a", {.heads = 2, .mask = mask});
      const Parameters<T> none(layout);
      typename MultiHead<T>::Cache cache;
      Workspace<T> workspace;
      Matrix<T> out;
      out.resize({length, 4});
      attention.forward({none, workspace}, s.inputs(), cache, out);
      EXPECT_TRUE(close(out,
                        ref::multi_head(plain_copy(s.q), plain_copy(s.k), plain_copy(s.v), 2, mask == Mask::causal),
                        precision<T>));
    }
  }
}

TYPED_TEST(Definition, AdditiveAndTwoStreamScores) {
  using T = TypeParam;
  for (const std::size_t length : tested_lengths) {
    SCOPED_TRACE(testing::Message() << "length " << length);
    const RandomInputs<T> s(length, length + 2, 5, 3);
    Workspace<T> workspace;
    Matrix<T> out;

    ParameterLayout layout;
    const AdditiveAttention<T> additive(layout, "a", {.query_width = 5, .key_width = 5, .hidden = 4});
    const auto parameters = test::random_parameters<T>(layout, 1);
    const auto exact = test::random_parameters<double>(layout, 1);
    typename AdditiveAttention<T>::Cache cache;
    additive.forward({parameters, workspace}, s.inputs(), cache, out);
    const auto weight = [&](const std::string& name) {
      return columns(exact.matrix(test::handle_of(layout, name)), 0, 4);
    };
    const ref::Affine query{weight("a.query.weight"), xt::zeros<double>({4})};
    const ref::Affine key{weight("a.key.weight"), xt::zeros<double>({4})};
    const ref::Vector u = numbers(exact.data(test::handle_of(layout, "a.score")), 4);
    EXPECT_TRUE(close(out,
                      ref::attention(ref::additive(query(plain_copy(s.q)), key(plain_copy(s.k)), u), plain_copy(s.v)),
                      precision<T>));

    const TwoStreamAttention<T> two(layout, "b", {});
    const Parameters<T> none(layout);
    typename TwoStreamAttention<T>::Cache two_cache;
    const auto r = random_matrix<T>(length, 2, 5);
    const auto p = random_matrix<T>(length + 2, 2, 6);
    two.forward({none, workspace}, {s.inputs(), r, p}, two_cache, out);
    const ref::Matrix scores =
        ref::two_stream(plain_copy(s.q), plain_copy(s.k), plain_copy(random_matrix<double>(length, 2, 5)),
                        plain_copy(random_matrix<double>(length + 2, 2, 6)));
    EXPECT_TRUE(close(out, ref::attention(scores, plain_copy(s.v)), 2 * precision<T>));
  }
}

TYPED_TEST(Definition, WeightedAverage) {
  using T = TypeParam;
  for (const std::size_t length : tested_lengths) {
    const std::vector<std::size_t> offsets{0, length};
    ParameterLayout layout;
    const AttentionPooling<T> pooling(layout, "p", {.width = 5});
    const auto parameters = test::random_parameters<T>(layout, 1);
    const auto exact = test::random_parameters<double>(layout, 1);
    typename AttentionPooling<T>::Cache cache;
    Workspace<T> workspace;
    Matrix<T> y;
    const auto x = random_matrix<T>(length, 5, 1);
    pooling.forward({parameters, workspace}, {Ragged(offsets), x}, cache, y);
    EXPECT_TRUE(close(
        y, ref::weighted_average(plain_copy(random_matrix<double>(length, 5, 1)), numbers(exact.flat().data(), 5)),
        precision<T>));
  }
}

/// y = x W + b of `columns` of a layer that projects several things in one product.
ref::Affine affine(const Parameters<double>& parameters, const ParameterLayout& layout, const std::string& name,
                   std::size_t begin, std::size_t count) {
  return {columns(parameters.matrix(test::handle_of(layout, name + ".weight")), begin, count),
          numbers(parameters.data(test::handle_of(layout, name + ".bias")) + begin, count)};
}

TYPED_TEST(Definition, SelfAndCrossAttention) {
  using T = TypeParam;
  constexpr std::size_t width = 6;
  for (const std::size_t length : tested_lengths) {
    SCOPED_TRACE(testing::Message() << "length " << length);
    const std::vector<std::size_t> offsets{0, length};
    const std::vector<std::size_t> memory_offsets{0, length + 5};
    const Ragged batch(offsets);
    const Ragged memory_batch(memory_offsets);
    ParameterLayout layout;
    const SelfAttention<T> self(layout, "self", {.width = width, .heads = 2});
    const CrossAttention<T> cross(layout, "cross", {.width = width, .memory_width = 4, .heads = 3});
    const auto parameters = test::random_parameters<T>(layout, 1);
    const auto exact = test::random_parameters<double>(layout, 1);
    Workspace<T> workspace;
    Matrix<T> y;
    const auto x = random_matrix<T>(length, width, 1);
    const auto tokens = random_matrix<T>(length + 5, 4, 2);
    const ref::Matrix exact_x = plain_copy(random_matrix<double>(length, width, 1));
    const ref::Matrix exact_tokens = plain_copy(random_matrix<double>(length + 5, 4, 2));

    typename SelfAttention<T>::Cache self_cache;
    self.forward({parameters, workspace}, batch, x, self_cache, y);
    const ref::MultiHeadAttention of_self{.query = affine(exact, layout, "self.qkv", 0, width),
                                          .key = affine(exact, layout, "self.qkv", width, width),
                                          .value = affine(exact, layout, "self.qkv", 2 * width, width),
                                          .out = affine(exact, layout, "self.out", 0, width),
                                          .heads = 2};
    EXPECT_TRUE(close(y, of_self(exact_x, exact_x, true), 4 * precision<T>));

    typename CrossAttention<T>::Cache cross_cache;
    cross.forward({parameters, workspace}, batch, {memory_batch, tokens}, x, cross_cache, y);
    const ref::MultiHeadAttention of_cross{.query = affine(exact, layout, "cross.query", 0, width),
                                           .key = affine(exact, layout, "cross.key_value", 0, width),
                                           .value = affine(exact, layout, "cross.key_value", width, width),
                                           .out = affine(exact, layout, "cross.out", 0, width),
                                           .heads = 3};
    EXPECT_TRUE(close(y, of_cross(exact_x, exact_tokens, false), 4 * precision<T>));
  }
}

TYPED_TEST(Definition, BiasesOfDistanceAndTime) {
  using T = TypeParam;
  constexpr std::size_t length = 90;
  const std::vector<std::size_t> offsets{0, length};
  std::vector<std::int64_t> times(length);
  for (std::size_t t = 0; t < length; ++t) times[t] = static_cast<std::int64_t>(t * t * t);
  const Ragged batch(offsets, times);
  for (const Mask mask : {Mask::none, Mask::causal}) {
    const RandomInputs<T> s(length, length, 4, 3);
    const AttentionInputs<T> in{.queries = batch, .keys = batch, .query = s.fast_q, .key = s.fast_k, .value = s.fast_v};
    ParameterLayout layout;
    const MultiHead<T> attention(
        layout, "a", {.mask = mask, .relative = {.count = 8, .longest = 60}, .intervals = Intervals::biased});
    const auto parameters = test::random_parameters<T>(layout, 1);
    const auto exact = test::random_parameters<double>(layout, 1);
    typename MultiHead<T>::Cache cache;
    Workspace<T> workspace;
    Matrix<T> out;
    out.resize({length, 3});
    attention.forward({parameters, workspace}, in, cache, out);
    const ParameterHandle distance = test::handle_of(layout, "a.relative.weight");
    const ref::Matrix scores = ref::scaled_dot_product(plain_copy(s.q), plain_copy(s.k)) +
                               ref::relative_bias(numbers(exact.data(distance), distance.cols), 8, 60, length) +
                               ref::interval_bias(numbers(exact.data(test::handle_of(layout, "a.interval.weight")), 64),
                                                  {times.begin(), times.end()});
    EXPECT_TRUE(
        close(out, ref::attention(mask == Mask::causal ? ref::causal(scores) : scores, plain_copy(s.v)), precision<T>));
  }
}

TYPED_TEST(Definition, Positions) {
  using T = TypeParam;
  EXPECT_TRUE(close(SinusoidalPositions<T>("p", 50, 10).table(), ref::sinusoidal(50, 10), precision<T>));
  const std::vector<std::size_t> offsets{0, 50};
  auto x = random_matrix<T>(50, 6, 1);
  Rotary<T>("r", 50, 6).forward(Ragged(offsets), x);
  EXPECT_TRUE(close(x, ref::rotary(plain_copy(random_matrix<double>(50, 6, 1))), precision<T>));
}

TYPED_TEST(Definition, TokenByToken) {
  using T = TypeParam;
  const auto x = random_matrix<T>(9, 22, 1, 3);
  const ref::Matrix exact = plain_copy(random_matrix<double>(9, 22, 1, 3));
  Matrix<T> y;
  Gelu<T>::forward(x, y);
  EXPECT_TRUE(close(y, ref::gelu(exact), precision<T>));
  Silu<T>::forward(x, y);
  EXPECT_TRUE(close(y, ref::silu(exact), precision<T>));
  Swiglu<T>::forward(x, y);
  EXPECT_TRUE(close(y, ref::swiglu(exact), 4 * precision<T>));
  typename L2Normalise<T>::Cache norms;
  L2Normalise<T>().forward(x, norms, y);
  EXPECT_TRUE(close(y, ref::l2_normalise(exact), precision<T>));
  ParameterLayout layout;
  const LayerNorm<T> norm(layout, "n", 22);
  const auto parameters = test::random_parameters<T>(layout, 1);
  const auto numbers_of_norm = test::random_parameters<double>(layout, 1);
  typename LayerNorm<T>::Cache cache;
  norm.forward(parameters, x, cache, y);
  const double* gain = numbers_of_norm.flat().data();
  EXPECT_TRUE(close(y, ref::layer_norm(exact, numbers(gain, 22), numbers(gain + 22, 22)), precision<T>));
}

TYPED_TEST(Definition, Losses) {
  using T = TypeParam;
  constexpr std::size_t tokens = 40;
  constexpr std::size_t items = 30;
  constexpr std::size_t drawn = 6;
  const auto hidden = random_matrix<T>(tokens, 5, 1);
  const auto table = random_matrix<T>(items, 5, 2);
  const ref::Matrix logits =
      ref::dot_product(plain_copy(random_matrix<double>(tokens, 5, 1)), plain_copy(random_matrix<double>(items, 5, 2)));
  std::vector<std::uint32_t> targets(tokens);
  for (std::size_t t = 0; t < tokens; ++t) targets[t] = static_cast<std::uint32_t>(t % 20);
  ThreadPool pool(2);
  Matrix<T> dhidden = hidden;
  Matrix<T> dtable = table;
  EXPECT_NEAR(CatalogueCrossEntropy<T>().forward_backward(pool, hidden, table, targets, dhidden, dtable),
              ref::cross_entropy(logits, {targets.begin(), targets.end()}), precision<T>);

  // No token's own target is among those drawn, which are items 20 to 25.
  std::vector<std::uint32_t> shared(drawn);
  std::vector<std::uint32_t> own(tokens * drawn);
  const std::vector<double> log_q(drawn, -2.5);
  ref::Vector target_logits = ref::Vector::from_shape({tokens});
  ref::Matrix drawn_logits = ref::Matrix::from_shape({tokens, drawn});
  for (std::size_t n = 0; n < drawn; ++n) shared[n] = static_cast<std::uint32_t>(20 + n);
  for (std::size_t t = 0; t < tokens; ++t) {
    target_logits(t) = logits(t, targets[t]);
    for (std::size_t n = 0; n < drawn; ++n) {
      own[t * drawn + n] = shared[n];
      drawn_logits(t, n) = logits(t, shared[n]);
    }
  }
  EXPECT_NEAR(SampledSoftmax<T>().forward_backward(pool, hidden, {table, targets, shared, log_q}, dhidden, dtable),
              ref::sampled_softmax(target_logits, drawn_logits, numbers(log_q.data(), drawn)), precision<T>);
  EXPECT_NEAR(BinaryCrossEntropy<T>({.target_weight = 0.3})
                  .forward_backward(pool, hidden, {table, targets, own}, dhidden, dtable),
              ref::binary_cross_entropy(target_logits, drawn_logits, 0.3), precision<T>);
}

TYPED_TEST(Definition, SparseWeightsAndLearnedSpans) {
  using T = TypeParam;
  for (const std::size_t length : tested_lengths) {
    SCOPED_TRACE(testing::Message() << "length " << length);
    const RandomInputs<T> s(length, length, 6, 4);
    ParameterLayout layout;
    const MultiHead<T> attention(layout, "a",
                                 {.mask = Mask::none, .weighting = Weighting::entmax15, .longest_span = 90});
    Parameters<T> parameters(layout);
    parameters.flat()[0] = static_cast<T>(0.3);
    typename MultiHead<T>::Cache cache;
    Workspace<T> workspace;
    Matrix<T> out;
    out.resize({length, 4});
    attention.forward({parameters, workspace}, s.inputs(), cache, out);
    const ref::Matrix scores = ref::scaled_dot_product(plain_copy(s.q), plain_copy(s.k)) +
                               ref::adaptive_span(90 * static_cast<double>(parameters.flat()[0]), 4, length);
    EXPECT_TRUE(close(out, ref::sparse_attention(scores, plain_copy(s.v)), 2 * precision<T>));
  }
}

TEST(Definition, OfSoftmaxHoldsForHiddenAndHugeScores) {
  const double nothing = -std::numeric_limits<double>::infinity();
  const ref::Matrix weights = ref::softmax({{nothing, nothing}, {5000, 5000}, {nothing, 3}});
  EXPECT_EQ(weights, (ref::Matrix{{0, 0}, {0.5, 0.5}, {0, 1}}));
}

// The document quotes the definitions exactly.
TEST(Definition, IsWhatTheReadmeQuotes) {
  const std::string source = test::read_file(INFODIET_SOURCE "/engine/reference/reference.cpp");
  const std::string readme = test::read_file(INFODIET_SOURCE "/engine/README.md");
  const std::size_t begin = readme.find("\n## What it computes\n");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = readme.substr(begin, readme.find("\n## ", begin + 1) - begin);
  std::size_t blocks = 0;
  for (std::size_t at = section.find("```cpp\n"); at != std::string::npos; at = section.find("```cpp\n", at + 1)) {
    const std::string block = section.substr(at + 7, section.find("```", at + 7) - at - 7);
    EXPECT_NE(source.find("\n" + block), std::string::npos) << "not in engine/reference/reference.cpp:\n" << block;
    ++blocks;
  }
  EXPECT_GE(blocks, 6U);
}

}  // namespace
}  // namespace infodiet::engine
