// Backward passes of the attention family against differences, over two ragged batches with empty sequences, with
// masks, biases, several heads and dropout (its draw fixed by the pass).
#include <gtest/gtest.h>

#include "engine/attention/additive.hpp"
#include "engine/attention/cross_attention.hpp"
#include "engine/attention/hstu_attention.hpp"
#include "engine/attention/multi_head.hpp"
#include "engine/attention/pooling.hpp"
#include "engine/attention/rotary.hpp"
#include "engine/attention/two_stream.hpp"
#include "engine/layers/activation.hpp"
#include "engine/layers/l2_normalise.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::Differentiated;
using test::flat;
using test::gradients_match;
using test::inner_product;
using test::random_matrix;
using test::zeros_like;

const std::vector<std::size_t> ragged_query_offsets = test::offsets_of({0, 3, 70, 1, 0, 300});
const std::vector<std::size_t> ragged_key_offsets = test::offsets_of({4, 5, 65, 0, 0, 150});
const Ragged ragged_queries(ragged_query_offsets);
const Ragged ragged_keys(ragged_key_offsets);

constexpr Pass training_pass{.mode = Mode::train, .seed = 77, .step = 5, .first_token = 1000};

/// Keeps three of four pairs; the first query of every sequence may attend to nothing.
struct RandomMasks {
  RandomMasks(const Ragged& rows, const Ragged& cols) {
    RandomStream stream(8, Purpose::test);
    for (std::size_t b = 0; b < rows.sequences(); ++b) {
      storage.emplace_back(rows.length(b) * cols.length(b));
      for (std::size_t i = 0; i < storage.back().size(); ++i) {
        storage.back()[i] = i >= cols.length(b) && stream.below(4) > 0 ? 1 : 0;
      }
    }
    for (std::size_t b = 0; b < rows.sequences(); ++b) {
      masks.emplace_back(storage[b].data(), rows.length(b), cols.length(b));
    }
  }
  std::vector<std::vector<std::uint8_t>> storage;
  std::vector<MatrixSpan<const std::uint8_t>> masks;
};

/// Random queries, keys and values with room for their gradients.
struct Streams {
  explicit Streams(std::size_t query_width, std::size_t key_width, std::size_t value_width)
      : q(random_matrix<double>(ragged_queries.tokens(), query_width, 1)),
        k(random_matrix<double>(ragged_keys.tokens(), key_width, 2)),
        v(random_matrix<double>(ragged_keys.tokens(), value_width, 3)),
        dout(random_matrix<double>(ragged_queries.tokens(), value_width, 4)),
        dq(zeros_like(q)),
        dk(zeros_like(k)),
        dv(zeros_like(v)) {}

  AttentionInputs<double> inputs(std::span<const MatrixSpan<const std::uint8_t>> keep = {}) const {
    return {.queries = ragged_queries, .keys = ragged_keys, .query = q, .key = k, .value = v, .keep = keep};
  }
  AttentionInputGradients<double> gradients() { return {.query = dq, .key = dk, .value = dv}; }
  std::vector<Differentiated> blocks() {
    return {{"q", flat(q), flat(dq)}, {"k", flat(k), flat(dk)}, {"v", flat(v), flat(dv)}};
  }

  Matrix<double> q, k, v, dout, dq, dk, dv, out;
};

TEST(AttentionGradient, MultiHead) {
  const RandomMasks masks(ragged_queries, ragged_keys);
  for (const Weighting weighting : {Weighting::softmax, Weighting::entmax15, Weighting::pointwise_silu}) {
    for (const double dropout : {0.0, 0.3}) {
      for (const bool masked : {false, true}) {
        SCOPED_TRACE(testing::Message() << "weighting " << static_cast<int>(weighting) << ", dropout " << dropout
                                        << ", masked " << masked);
        ParameterLayout layout;
        const MultiHead<double> attention(layout, "a", {.heads = 2, .weighting = weighting, .dropout = dropout});
        const Parameters<double> parameters(layout);
        Parameters<double> gradients(layout);
        Streams s(6, 6, 4);
        s.out.resize(s.dout.shape());
        const auto in = masked ? s.inputs(masks.masks) : s.inputs();
        MultiHead<double>::Cache cache;
        Workspace<double> workspace;
        const engine::Run<double> run{parameters, workspace, training_pass, &gradients};
        const auto loss = [&] {
          attention.forward(run, in, cache, s.out);
          return inner_product(s.out, s.dout);
        };
        loss();
        attention.backward(run, in, cache, s.out, s.dout, s.gradients());
        // A weight of 1.5-entmax has a kink where it becomes 0.
        const double step = weighting == Weighting::entmax15 ? 1e-5 : 1e-3;
        EXPECT_TRUE(gradients_match(s.blocks(), loss, {.step = step, .probes = 6}));
      }
    }
  }
}

TEST(AttentionGradient, Additive) {
  const RandomMasks masks(ragged_queries, ragged_keys);
  for (const double dropout : {0.0, 0.3}) {
    for (const bool masked : {false, true}) {
      ParameterLayout layout;
      const AdditiveAttention<double> attention(layout, "a",
                                                {.query_width = 3, .key_width = 5, .hidden = 7, .dropout = dropout});
      auto parameters = test::random_parameters<double>(layout, 1);
      Parameters<double> gradients(layout);
      Streams s(3, 5, 4);
      const auto in = masked ? s.inputs(masks.masks) : s.inputs();
      AdditiveAttention<double>::Cache cache;
      Workspace<double> workspace;
      const engine::Run<double> run{parameters, workspace, training_pass, &gradients};
      const auto loss = [&] {
        attention.forward(run, in, cache, s.out);
        return inner_product(s.out, s.dout);
      };
      loss();
      attention.backward(run, in, cache, s.out, s.dout, s.gradients());
      auto blocks = s.blocks();
      test::add_parameters(blocks, layout, parameters, gradients);
      EXPECT_TRUE(gradients_match(blocks, loss, {.probes = 6}));
    }
  }
}

TEST(AttentionGradient, TwoStream) {
  const RandomMasks masks(ragged_queries, ragged_keys);
  for (const ScoreScale scale : {ScoreScale::one, ScoreScale::inverse_root}) {
    ParameterLayout layout;
    const TwoStreamAttention<double> attention(layout, "a", {.scale = scale, .dropout = 0.3});
    Streams s(4, 4, 5);
    auto r = random_matrix<double>(ragged_queries.tokens(), 3, 5);
    auto p = random_matrix<double>(ragged_keys.tokens(), 3, 6);
    auto dr = zeros_like(r);
    auto dp = zeros_like(p);
    const TwoStreamInputs<double> in{s.inputs(masks.masks), r, p};
    const Parameters<double> none(layout);
    TwoStreamAttention<double>::Cache cache;
    Workspace<double> workspace;
    const engine::Run<double> run{none, workspace, training_pass};
    const auto loss = [&] {
      attention.forward(run, in, cache, s.out);
      return inner_product(s.out, s.dout);
    };
    loss();
    attention.backward(run, in, cache, s.out, s.dout, {s.gradients(), dr, dp});
    auto blocks = s.blocks();
    blocks.push_back({"r", flat(r), flat(dr)});
    blocks.push_back({"p", flat(p), flat(dp)});
    EXPECT_TRUE(gradients_match(blocks, loss, {.probes = 6}));
  }
}

TEST(AttentionGradient, Pooling) {
  for (const PooledInputs inputs : {PooledInputs::raw, PooledInputs::l2_normalised}) {
    for (const bool masked : {false, true}) {
      ParameterLayout layout;
      const AttentionPooling<double> pooling(layout, "pool", {.width = 5, .inputs = inputs, .dropout = 0.2});
      auto parameters = test::random_parameters<double>(layout, 1, 1.0);
      Parameters<double> gradients(layout);
      auto x = random_matrix<double>(ragged_keys.tokens(), 5, 1);
      const auto dy = random_matrix<double>(ragged_keys.sequences(), 5, 2);
      std::vector<std::uint8_t> kept(ragged_keys.tokens());
      for (std::size_t t = 0; t < kept.size(); ++t) kept[t] = t % 3 == 0 ? 0 : 1;
      std::vector<MatrixSpan<const std::uint8_t>> keep;
      for (std::size_t b = 0; masked && b < ragged_keys.sequences(); ++b) {
        keep.emplace_back(kept.data() + ragged_keys.begin(b), 1, ragged_keys.length(b), 0);
      }
      AttentionPooling<double>::Cache cache;
      Workspace<double> workspace;
      const engine::Run<double> run{parameters, workspace, training_pass, &gradients};
      const PoolingInputs<double> in{ragged_keys, x, keep};
      Matrix<double> y;
      Matrix<double> dx;
      const auto loss = [&] {
        pooling.forward(run, in, cache, y);
        return inner_product(y, dy);
      };
      loss();
      pooling.backward(run, in, cache, y, dy, dx);
      for (std::size_t d = 0; d < 5; ++d) EXPECT_EQ(y(3, d), 0.0);  // a sequence without tokens
      std::vector<Differentiated> blocks{{"x", flat(x), flat(dx)}};
      test::add_parameters(blocks, layout, parameters, gradients);
      EXPECT_TRUE(gradients_match(blocks, loss));
    }
  }
}

TEST(AttentionGradient, CrossAttention) {
  const RandomMasks masks(ragged_queries, ragged_keys);
  for (const double dropout : {0.0, 0.3}) {
    ParameterLayout layout;
    const CrossAttention<double> attention(layout, "a",
                                           {.width = 6, .memory_width = 5, .heads = 2, .dropout = dropout});
    auto parameters = test::random_parameters<double>(layout, 1);
    Parameters<double> gradients(layout);
    auto x = random_matrix<double>(ragged_queries.tokens(), 6, 1);
    auto tokens = random_matrix<double>(ragged_keys.tokens(), 5, 2);
    const auto dy = random_matrix<double>(ragged_queries.tokens(), 6, 3);
    auto dtokens = zeros_like(tokens);
    const Memory<double> memory{.batch = ragged_keys, .tokens = tokens, .keep = masks.masks, .gradient = &dtokens};
    CrossAttention<double>::Cache cache;
    Workspace<double> workspace;
    const engine::Run<double> run{parameters, workspace, training_pass, &gradients};
    Matrix<double> y;
    Matrix<double> dx = dy;
    const auto loss = [&] {
      attention.forward(run, ragged_queries, memory, x, cache, y);
      return inner_product(y, dy);
    };
    loss();
    attention.backward(run, ragged_queries, memory, x, cache, dx);
    std::vector<Differentiated> blocks{{"x", flat(x), flat(dx)}, {"memory", flat(tokens), flat(dtokens)}};
    test::add_parameters(blocks, layout, parameters, gradients);
    EXPECT_TRUE(gradients_match(blocks, loss, {.probes = 6}));
  }
}

/// Self-attention of either kind with biases by distance, biases by time and rotated queries and keys, one by one and
/// together.
template <class Layer>
void check_self_attention(const SelfAttentionOptions& options) {
  const std::vector<std::size_t> offsets = test::offsets_of({0, 1, 300, 0, 17, 65});
  std::vector<std::int64_t> times(offsets.back());
  RandomStream stream(2, Purpose::test);
  std::int64_t now = 1700000000;
  for (std::int64_t& time : times) time = now += static_cast<std::int64_t>(std::exp(12 * stream.uniform()));
  const Ragged batch(offsets, times);
  ParameterLayout layout;
  const Layer attention(layout, "a", options);
  auto parameters = test::random_parameters<double>(layout, 1);
  if (options.positions.longest_span > 0) {  // inside what they are held in, and off whole tokens, where they bend
    const ParameterHandle spans = test::handle_of(layout, "a.span");
    for (std::size_t h = 0; h < options.heads; ++h)
      parameters.matrix(spans).row(h)[0] = 0.1137 + 0.2 * static_cast<double>(h);
  }
  Parameters<double> gradients(layout);
  auto x = random_matrix<double>(batch.tokens(), options.width, 1);
  const auto dy = random_matrix<double>(batch.tokens(), options.width, 2);
  typename Layer::Cache cache;
  Workspace<double> workspace;
  const engine::Run<double> run{parameters, workspace, training_pass, &gradients};
  Matrix<double> y;
  Matrix<double> dx = dy;
  const auto loss = [&] {
    attention.forward(run, batch, x, cache, y);
    return inner_product(y, dy);
  };
  loss();
  attention.backward(run, batch, x, cache, dx);
  std::vector<Differentiated> blocks{{"x", flat(x), flat(dx)}};
  test::add_parameters(blocks, layout, parameters, gradients);
  const double step = options.positions.longest_span > 0 ? 1e-5 : 1e-3;
  EXPECT_TRUE(gradients_match(blocks, loss, {.step = step, .probes = 8}));
}

const ScorePositions positions[] = {
    {},
    {.rotary_longest = 300},
    {.relative = {.count = 8, .longest = 40}},
    {.intervals = Intervals::biased},
    {.rotary_longest = 300, .relative = {.count = 400, .longest = 300}, .intervals = Intervals::biased},
};

TEST(AttentionGradient, SelfAttentionWithPositions) {
  for (const ScorePositions& position : positions) {
    for (const Mask mask : {Mask::none, Mask::causal}) {
      check_self_attention<SelfAttention<double>>(
          {.width = 8, .heads = 2, .mask = mask, .dropout = 0.2, .positions = position});
    }
  }
}

TEST(AttentionGradient, SelfAttentionWithLearnedSpans) {
  check_self_attention<SelfAttention<double>>(
      {.width = 8, .heads = 2, .mask = Mask::causal, .dropout = 0.2, .positions = {.longest_span = 60}});
  check_self_attention<SelfAttention<double>>(
      {.width = 8, .heads = 4, .mask = Mask::none, .positions = {.relative = {.count = 8}, .longest_span = 400}});
}

TEST(AttentionGradient, HstuAttentionWithPositions) {
  for (const ScorePositions& position : positions) {
    for (const Mask mask : {Mask::none, Mask::causal}) {
      check_self_attention<HstuAttention<double>>(
          {.width = 8, .heads = 2, .mask = mask, .dropout = 0.2, .positions = position});
    }
  }
}

TEST(AttentionGradient, Rotary) {
  const std::vector<std::size_t> offsets = test::offsets_of({3, 0, 9});
  const Ragged batch(offsets);
  const Rotary<double> rotary("rotary", 9, 4);
  auto x = random_matrix<double>(12, 8, 1);
  const auto dy = random_matrix<double>(12, 8, 2);
  auto dx = dy;
  rotary.backward(batch, dx);
  EXPECT_TRUE(gradients_match({{"x", flat(x), flat(dx)}}, [&] {
    auto y = x;
    rotary.forward(batch, y);
    return inner_product(y, dy);
  }));
}

TEST(AttentionGradient, ActivationsAndNormalisation) {
  auto x = random_matrix<double>(6, 10, 1, 2);
  const auto dy = random_matrix<double>(6, 10, 2);
  const auto half_dy = random_matrix<double>(6, 5, 3);
  Matrix<double> y;
  Matrix<double> dx;
  Silu<double>::backward(x, dy, dx);
  EXPECT_TRUE(gradients_match({{"silu", flat(x), flat(dx)}}, [&] {
    Silu<double>::forward(x, y);
    return inner_product(y, dy);
  }));
  Selu<double>::backward(x, dy, dx);
  EXPECT_TRUE(gradients_match({{"selu", flat(x), flat(dx)}}, [&] {
    Selu<double>::forward(x, y);
    return inner_product(y, dy);
  }));
  Swiglu<double>::backward(x, half_dy, dx);
  EXPECT_TRUE(gradients_match({{"swiglu", flat(x), flat(dx)}}, [&] {
    Swiglu<double>::forward(x, y);
    return inner_product(y, half_dy);
  }));
  const L2Normalise<double> normalise(1 / 0.05);
  L2Normalise<double>::Cache cache;
  const auto loss = [&] {
    normalise.forward(x, cache, y);
    return inner_product(y, dy);
  };
  loss();
  normalise.backward(y, cache, dy, dx);
  EXPECT_TRUE(gradients_match({{"l2_normalise", flat(x), flat(dx)}}, loss));
}

}  // namespace
}  // namespace infodiet::engine
