// Backward passes of whole stacks against differences: every kind of block, with and without dropout, encoder, decoder
// and both together.
#include <gtest/gtest.h>

#include "engine/transformer/encoder_decoder.hpp"
#include "engine/transformer/transformer.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::Differentiated;
using test::flat;
using test::gradients_match;
using test::inner_product;
using test::random_matrix;

constexpr Pass stack_pass{.mode = Mode::train, .seed = 77, .step = 5, .first_token = 1000};
constexpr BlockKind block_kinds[] = {BlockKind::pre_norm, BlockKind::post_norm, BlockKind::gated, BlockKind::hstu};

void check_transformer(const std::vector<std::size_t>& lengths, const TransformerOptions& options) {
  const std::vector<std::size_t> offsets = test::offsets_of(lengths);
  std::vector<std::int64_t> times(offsets.back());
  for (std::size_t t = 0; t < times.size(); ++t) times[t] = static_cast<std::int64_t>(1000000 + t * t);
  const Ragged batch(offsets, times);
  ParameterLayout layout;
  const Transformer<double> stack(layout, "stack", options);
  auto parameters = test::random_parameters<double>(layout, 1, 0.4);
  Parameters<double> gradients(layout);
  auto x = random_matrix<double>(batch.tokens(), options.width, 1);
  const auto dy = random_matrix<double>(batch.tokens(), options.width, 2);
  Transformer<double>::Cache cache;
  Workspace<double> workspace;
  const engine::Run<double> run{parameters, workspace, stack_pass, &gradients};
  Matrix<double> y;
  const auto loss = [&] {
    stack.input(cache) = x;
    stack.forward(run, batch, cache, y);
    return inner_product(y, dy);
  };
  loss();
  Matrix<double> dx = dy;
  stack.backward(run, batch, cache, dx);
  std::vector<Differentiated> blocks{{"x", flat(x), flat(dx)}};
  test::add_parameters(blocks, layout, parameters, gradients);
  EXPECT_TRUE(gradients_match(blocks, loss, {.probes = 3}));
}

TEST(StackGradient, EveryKindOfBlock) {
  for (const BlockKind kind : block_kinds) {
    for (const Mask mask : {Mask::none, Mask::causal}) {
      for (const double dropout : {0.0, 0.2}) {
        SCOPED_TRACE(testing::Message() << "kind " << static_cast<int>(kind) << ", dropout " << dropout);
        check_transformer({0, 1, 17, 66, 2, 0},
                          {.width = 8,
                           .blocks = 2,
                           .heads = 2,
                           .ffn_width = 12,
                           .mask = mask,
                           .dropout = dropout,
                           .attention_dropout = dropout,
                           .kind = kind,
                           .positions = {.relative = {.count = 6, .longest = 30}, .intervals = Intervals::biased}});
      }
    }
  }
}

TEST(StackGradient, LongSequences) {
  for (const BlockKind kind : {BlockKind::pre_norm, BlockKind::hstu}) {
    check_transformer({0, 300, 1, 128}, {.width = 4,
                                         .blocks = 1,
                                         .heads = 2,
                                         .ffn_width = 6,
                                         .dropout = 0.2,
                                         .attention_dropout = 0.2,
                                         .kind = kind,
                                         .positions = {.rotary_longest = 300, .intervals = Intervals::biased}});
  }
}

TEST(StackGradient, EncoderDecoder) {
  const std::vector<std::size_t> source_offsets = test::offsets_of({4, 30, 0, 70});
  const std::vector<std::size_t> target_offsets = test::offsets_of({3, 0, 2, 66});
  const Ragged sources(source_offsets);
  const Ragged targets(target_offsets);
  for (const BlockKind kind : block_kinds) {
    SCOPED_TRACE(testing::Message() << "kind " << static_cast<int>(kind));
    ParameterLayout layout;
    const EncoderDecoder<double> model(
        layout, "model",
        {.encoder =
             {.width = 6, .blocks = 1, .heads = 2, .ffn_width = 9, .mask = Mask::none, .dropout = 0.2, .kind = kind},
         .decoder = {.width = 8,
                     .blocks = 2,
                     .heads = 2,
                     .ffn_width = 9,
                     .dropout = 0.2,
                     .attention_dropout = 0.2,
                     .kind = kind}});
    auto parameters = test::random_parameters<double>(layout, 1, 0.4);
    Parameters<double> gradients(layout);
    auto source = random_matrix<double>(sources.tokens(), 6, 1);
    auto target = random_matrix<double>(targets.tokens(), 8, 2);
    const auto dy = random_matrix<double>(targets.tokens(), 8, 3);
    EncoderDecoder<double>::Cache cache;
    Workspace<double> workspace;
    const engine::Run<double> encoding{parameters, workspace, stack_pass};
    const engine::Run<double> run{
        parameters, workspace, {.mode = Mode::train, .seed = 77, .step = 5, .first_token = 9}, &gradients};
    Matrix<double> y;
    const auto loss = [&] {
      model.source(cache) = source;
      model.target(cache) = target;
      model.encode(encoding, sources, cache);
      model.decode(run, sources, targets, cache, y);
      return inner_product(y, dy);
    };
    loss();
    Matrix<double> dtarget = dy;
    Matrix<double> dsource;
    model.backward(run, sources, targets, cache, dtarget, dsource);
    std::vector<Differentiated> blocks{{"source", flat(source), flat(dsource)},
                                       {"target", flat(target), flat(dtarget)}};
    test::add_parameters(blocks, layout, parameters, gradients);
    EXPECT_TRUE(gradients_match(blocks, loss, {.probes = 3}));
  }
}

}  // namespace
}  // namespace infodiet::engine
