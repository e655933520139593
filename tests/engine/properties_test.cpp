// Properties of attention over ragged batches for any values: the future does not change the past, sequences
// do not see each other, their order does not matter, and neither does the number of threads.
#include <gtest/gtest.h>

#include "engine/layers/embedding.hpp"
#include "engine/losses/binary_cross_entropy.hpp"
#include "engine/losses/catalogue_cross_entropy.hpp"
#include "engine/losses/sampled_softmax.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "engine/transformer/transformer.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::close;
using test::precision;
using test::random_matrix;

constexpr std::size_t model_width = 8;
constexpr BlockKind kinds[] = {BlockKind::pre_norm, BlockKind::post_norm, BlockKind::gated, BlockKind::hstu};

TransformerOptions options_of(BlockKind kind, Mask mask = Mask::causal) {
  return {.width = model_width,
          .blocks = 2,
          .heads = 2,
          .ffn_width = 16,
          .mask = mask,
          .kind = kind,
          .positions = {.rotary_longest = 130, .relative = {.count = 8, .longest = 60}}};
}

template <class T>
class Stack {
 public:
  explicit Stack(const TransformerOptions& options)
      : transformer_(layout_, "stack", options), parameters_(test::random_parameters<T>(layout_, 1, 0.4)) {}

  struct Result {
    Matrix<T> y;
    Matrix<T> dx;
    Parameters<T> gradients;
  };

  /// Forward from x, then backward from a gradient that is the same for the same token.
  Result run(const Matrix<T>& x, const std::vector<std::size_t>& lengths, const Matrix<T>& dy) {
    const auto offsets = test::offsets_of(lengths);
    const Ragged batch(offsets);
    Result result{{}, dy, Parameters<T>(layout_)};
    transformer_.input(cache_) = x;
    const engine::Run<T> run{parameters_, workspace_, {}, &result.gradients};
    transformer_.forward(run, batch, cache_, result.y);
    transformer_.backward(run, batch, cache_, result.dx);
    return result;
  }

 private:
  ParameterLayout layout_;
  Transformer<T> transformer_;
  Parameters<T> parameters_;
  typename Transformer<T>::Cache cache_;
  Workspace<T> workspace_;
};

template <class T>
Matrix<T> rows_of(const Matrix<T>& m, std::size_t begin, std::size_t count) {
  Matrix<T> part;
  part.resize({count, m.shape(1)});
  std::copy_n(m.data() + begin * m.shape(1), count * m.shape(1), part.data());
  return part;
}

template <class T>
class AttentionProperties : public testing::Test {};
TYPED_TEST_SUITE(AttentionProperties, test::Reals);

TYPED_TEST(AttentionProperties, FutureValuesNeverChangeThePast) {
  using T = TypeParam;
  for (const BlockKind kind : kinds) {
    Stack<T> stack(options_of(kind));
    const std::vector<std::size_t> lengths{70, 1, 130};
    const auto x = random_matrix<T>(201, model_width, 1);
    const auto dy = random_matrix<T>(201, model_width, 2);
    const auto before = stack.run(x, lengths, dy);
    for (const std::size_t cut : {0, 1, 63, 64, 65, 129}) {
      auto changed = x;
      const std::size_t first = 71 + cut;  // of the last sequence
      for (std::size_t i = first * model_width; i < changed.size(); ++i)
        changed.data()[i] = changed.data()[i] * -100 + 7;
      const auto after = stack.run(changed, lengths, dy);
      EXPECT_EQ(rows_of(after.y, 0, first), rows_of(before.y, 0, first)) << "cut at " << cut;
      EXPECT_NE(after.y, before.y);
    }
  }
}

TYPED_TEST(AttentionProperties, PackedSequencesAgreeWithEachAlone) {
  using T = TypeParam;
  for (const BlockKind kind : kinds) {
    const Mask mask = kind == BlockKind::gated ? Mask::none : Mask::causal;
    Stack<T> stack(options_of(kind, mask));
    const std::vector<std::size_t> lengths{5, 0, 70, 1, 130};
    const auto offsets = test::offsets_of(lengths);
    const auto x = random_matrix<T>(offsets.back(), model_width, 1);
    const auto dy = random_matrix<T>(offsets.back(), model_width, 2);
    const auto packed = stack.run(x, lengths, dy);
    for (std::size_t b = 0; b < lengths.size(); ++b) {
      SCOPED_TRACE(testing::Message() << "sequence " << b);
      const auto alone =
          stack.run(rows_of(x, offsets[b], lengths[b]), {lengths[b]}, rows_of(dy, offsets[b], lengths[b]));
      EXPECT_TRUE(close(rows_of(packed.y, offsets[b], lengths[b]), alone.y, precision<T>));
      EXPECT_TRUE(close(rows_of(packed.dx, offsets[b], lengths[b]), alone.dx, precision<T>));
    }
  }
}

TYPED_TEST(AttentionProperties, PermutingSequencesPermutesResults) {
  using T = TypeParam;
  Stack<T> stack(options_of(BlockKind::gated));
  const std::vector<std::size_t> lengths{5, 70, 1, 0, 130};
  const std::vector<std::size_t> order{4, 2, 0, 3, 1};
  const auto offsets = test::offsets_of(lengths);
  const auto x = random_matrix<T>(offsets.back(), model_width, 1);
  const auto dy = random_matrix<T>(offsets.back(), model_width, 2);
  auto permuted_x = x;
  auto permuted_dy = dy;
  std::vector<std::size_t> permuted_lengths;
  std::size_t to = 0;
  for (const std::size_t b : order) {
    std::copy_n(x.data() + offsets[b] * model_width, lengths[b] * model_width, permuted_x.data() + to * model_width);
    std::copy_n(dy.data() + offsets[b] * model_width, lengths[b] * model_width, permuted_dy.data() + to * model_width);
    permuted_lengths.push_back(lengths[b]);
    to += lengths[b];
  }
  const auto before = stack.run(x, lengths, dy);
  const auto after = stack.run(permuted_x, permuted_lengths, permuted_dy);
  to = 0;
  for (const std::size_t b : order) {
    EXPECT_TRUE(close(rows_of(after.y, to, lengths[b]), rows_of(before.y, offsets[b], lengths[b]), precision<T>));
    EXPECT_TRUE(close(rows_of(after.dx, to, lengths[b]), rows_of(before.dx, offsets[b], lengths[b]), precision<T>));
    to += lengths[b];
  }
  EXPECT_TRUE(close(after.gradients.flat(), before.gradients.flat(), 10 * precision<T>));
}

TYPED_TEST(AttentionProperties, WeightsAddToOneAndIgnoreTheFuture) {
  using T = TypeParam;
  ParameterLayout layout;
  const SelfAttention<T> attention(layout, "a", {.width = model_width, .heads = 2});
  const auto parameters = test::random_parameters<T>(layout, 1);
  const auto offsets = test::offsets_of({3, 90});
  const Ragged batch(offsets);
  typename SelfAttention<T>::Cache cache;
  Workspace<T> workspace;
  Matrix<T> y;
  attention.forward({parameters, workspace}, batch, random_matrix<T>(93, model_width, 1), cache, y);
  const auto weights = attention.weights(batch, cache, 1);
  ASSERT_EQ(weights.shape(1), 90U);
  for (std::size_t h = 0; h < 2; ++h) {
    for (std::size_t i = 0; i < 90; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < 90; ++j) {
        sum += static_cast<double>(weights(h, i, j));
        if (j > i) {
          EXPECT_EQ(weights(h, i, j), T{0});
        }
      }
      EXPECT_NEAR(sum, 1.0, precision<T>);
    }
  }
}

// One training step of everything that shares work between threads.
template <class T>
std::vector<T> results_with(std::size_t threads) {
  ThreadPool pool(threads);
  constexpr std::size_t tokens = 300;
  constexpr std::size_t items = 5000;
  const auto hidden = random_matrix<T>(tokens, 16, 1);
  auto table = random_matrix<T>(items, 16, 2);
  RandomStream stream(6, Purpose::test);
  std::vector<std::uint32_t> rows(tokens);
  for (std::uint32_t& row : rows) row = static_cast<std::uint32_t>(stream.below(items));
  Matrix<T> dhidden;
  dhidden.resize({tokens, 16});
  Matrix<T> dtable;
  dtable.resize({items, 16});
  std::fill(dtable.begin(), dtable.end(), T{0});
  CatalogueCrossEntropy<T> loss;
  const double value = loss.forward_backward(pool, hidden, table, rows, dhidden, dtable);
  scatter_add_rows<T>(pool, dhidden, rows, T(0.5), dtable);
  const std::span<const T> gradient(dtable.data(), dtable.size());
  const double norm = sum_of_squares(pool, gradient);
  AdamW<T> optimiser(table.size(), {});
  optimiser.update(pool, {table.data(), table.size()}, gradient, 0.01, clip_scale(norm, 1.0));
  std::vector<std::uint32_t> negatives(tokens * 5);
  for (std::uint32_t& item : negatives) item = static_cast<std::uint32_t>(stream.below(items));
  const std::vector<double> log_q(negatives.size(), -std::log(5000.0));
  Matrix<T> other_dhidden = dhidden;
  Matrix<T> other_dtable = dtable;
  SampledSoftmax<T> sampled;
  BinaryCrossEntropy<T> binary;
  std::vector<T> all{static_cast<T>(value), static_cast<T>(norm)};
  all.push_back(static_cast<T>(
      sampled.forward_backward(pool, hidden, {table, rows, negatives, log_q}, other_dhidden, other_dtable)));
  all.insert(all.end(), other_dhidden.begin(), other_dhidden.end());
  all.push_back(
      static_cast<T>(binary.forward_backward(pool, hidden, {table, rows, negatives}, other_dhidden, other_dtable)));
  for (const Matrix<T>* part : {&dhidden, &dtable, &table, &other_dhidden, &other_dtable})
    all.insert(all.end(), part->begin(), part->end());
  return all;
}

TYPED_TEST(AttentionProperties, AnyNumberOfThreadsGivesTheSameBits) {
  const auto one = results_with<TypeParam>(1);
  for (const std::size_t threads : {2, 3, 7}) EXPECT_EQ(results_with<TypeParam>(threads), one) << threads << " threads";
}

}  // namespace
}  // namespace infodiet::engine
