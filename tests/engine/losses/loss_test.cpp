// Losses: golden values, gradients against differences, and negatives that equal the target.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "engine/errors.hpp"
#include "engine/layers/l2_normalise.hpp"
#include "engine/losses/binary_cross_entropy.hpp"
#include "engine/losses/catalogue_cross_entropy.hpp"
#include "engine/losses/sampled_softmax.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::close;
using test::golden_matrix;
using test::precision;
using test::random_matrix;
using test::zeros_like;

std::vector<std::uint32_t> random_items(std::size_t n, std::size_t items, std::uint32_t index) {
  RandomStream stream(5, Purpose::test, 0, index);
  std::vector<std::uint32_t> drawn(n);
  for (std::uint32_t& item : drawn) item = static_cast<std::uint32_t>(stream.below(items));
  return drawn;
}

template <class T>
Matrix<T> identity(std::size_t n) {
  Matrix<T> m;
  m.resize({n, n});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) m(i, j) = i == j ? T{1} : T{0};
  }
  return m;
}

template <class T>
Matrix<T> transpose_of(const Matrix<T>& m) {
  Matrix<T> t;
  t.resize({m.shape(1), m.shape(0)});
  for (std::size_t i = 0; i < m.shape(0); ++i) {
    for (std::size_t j = 0; j < m.shape(1); ++j) t(j, i) = m(i, j);
  }
  return t;
}

template <class T>
class Loss : public testing::Test {};
TYPED_TEST_SUITE(Loss, test::Reals);

// With the identity as hidden vectors the table is the logits' transpose, and so is its gradient.
TYPED_TEST(Loss, CatalogueCrossEntropyMatchesTheGoldenValues) {
  using T = TypeParam;
  const auto logits = golden_matrix<T>("cross_entropy", "logits");
  const auto hidden = identity<T>(logits.shape(0));
  const auto table = transpose_of(logits);
  std::vector<std::uint32_t> targets;
  for (const double target : test::golden("cross_entropy", "target").values) {
    targets.push_back(static_cast<std::uint32_t>(target));
  }
  auto dhidden = zeros_like(hidden);
  auto dtable = zeros_like(table);
  ThreadPool pool(1);
  const double mean = CatalogueCrossEntropy<T>().forward_backward(pool, hidden, table, targets, dhidden, dtable);
  EXPECT_NEAR(mean, test::golden("cross_entropy", "loss").scalar(), precision<T>);
  EXPECT_TRUE(close(dtable, transpose_of(golden_matrix<double>("cross_entropy", "dlogits")), precision<T>));
}

/// The golden cases of losses over sampled items as a table: row 0 to 5 are the targets of the six positions, each
/// scored by its own; then come the negatives, one row for each position and draw, or one for each draw.
template <class T>
struct Sampled {
  explicit Sampled(const std::string& which, bool shared)
      : pos(golden_matrix<T>(which, "pos")), neg(golden_matrix<T>(which, "neg")), hidden(identity<T>(6)) {
    const std::size_t drawn = neg.shape(1);
    table.resize({6 + (shared ? drawn : 6 * drawn), 6});
    std::fill(table.begin(), table.end(), T{0});
    for (std::uint32_t t = 0; t < 6; ++t) {
      targets.push_back(t);
      table(t, t) = pos.data()[t];
      for (std::size_t n = 0; n < drawn; ++n) {
        const std::size_t row = 6 + (shared ? n : t * drawn + n);
        table(row, t) = neg(t, n);
        if (!shared || t == 0) negatives.push_back(static_cast<std::uint32_t>(row));
      }
    }
    dhidden = zeros_like(hidden);
    dtable = zeros_like(table);
  }

  void expect(const std::string& which, bool shared, double loss) const {
    const auto dpos = golden_matrix<double>(which, "dpos");
    const auto dneg = golden_matrix<double>(which, "dneg");
    EXPECT_NEAR(loss, test::golden(which, "loss").scalar(), precision<T>);
    auto expected = zeros_like(dtable);
    for (std::size_t t = 0; t < 6; ++t) {
      expected(t, t) = static_cast<T>(dpos.data()[t]);
      for (std::size_t n = 0; n < dneg.shape(1); ++n) {
        expected(6 + (shared ? n : t * dneg.shape(1) + n), t) = static_cast<T>(dneg(t, n));
      }
    }
    EXPECT_TRUE(close(dtable, expected, precision<T>));
  }

  Matrix<T> pos, neg, hidden, table, dhidden, dtable;
  std::vector<std::uint32_t> targets, negatives;
};

TYPED_TEST(Loss, SampledSoftmaxMatchesTheGoldenValues) {
  using T = TypeParam;
  Sampled<T> s("sampled_softmax", true);
  const auto log_q = test::golden("sampled_softmax", "log_q").values;
  ThreadPool pool(1);
  const double loss = SampledSoftmax<T>().forward_backward(pool, s.hidden, {s.table, s.targets, s.negatives, log_q},
                                                           s.dhidden, s.dtable);
  s.expect("sampled_softmax", true, loss);
}

TYPED_TEST(Loss, BinaryCrossEntropyMatchesTheGoldenValues) {
  using T = TypeParam;
  Sampled<T> s("bce", false);
  ThreadPool pool(1);
  const double loss =
      BinaryCrossEntropy<T>().forward_backward(pool, s.hidden, {s.table, s.targets, s.negatives}, s.dhidden, s.dtable);
  s.expect("bce", false, loss);
}

TYPED_TEST(Loss, GbceMatchesTheGoldenValues) {
  using T = TypeParam;
  Sampled<T> s("gbce", false);
  const double beta = gbce_weight(0.04, 0.75);
  EXPECT_NEAR(beta, test::golden("gbce", "beta").scalar(), 1e-15);
  ThreadPool pool(1);
  const double loss = BinaryCrossEntropy<T>({.target_weight = beta})
                          .forward_backward(pool, s.hidden, {s.table, s.targets, s.negatives}, s.dhidden, s.dtable);
  s.expect("gbce", false, loss);
  EXPECT_EQ(gbce_weight(0.04, 0), 1);
  EXPECT_NEAR(gbce_weight(0.04, 1), 0.04, 1e-15);
  EXPECT_THROW(gbce_weight(0, 0.5), Error);
  EXPECT_THROW(gbce_weight(0.5, 1.5), Error);
}

// A token of weight 2 equals two copies of it, and one of weight 0 equals its absence.
TYPED_TEST(Loss, WeightsAreWorthAsManyTokens) {
  using T = TypeParam;
  constexpr std::size_t items = 7;
  constexpr std::size_t width = 4;
  ThreadPool pool(1);
  const auto table = random_matrix<T>(items, width, 1);
  const auto few = random_matrix<T>(3, width, 2);
  Matrix<T> many;
  many.resize({3, width});
  for (std::size_t d = 0; d < width; ++d) {
    many(0, d) = many(1, d) = few(0, d);
    many(2, d) = few(1, d);
  }
  const std::vector<std::uint32_t> few_targets{1, 4, 6}, many_targets{1, 1, 4};
  const std::vector<std::uint32_t> shared{2, 5}, few_negatives{2, 5, 3}, many_negatives{2, 2, 5};
  const std::vector<double> log_q{-1, -2};
  const std::vector<T> weights{2, 1, 0};
  const auto agree = [&](const auto& weighed, const auto& plain) {
    auto dfew = zeros_like(few), dmany = zeros_like(many), dtable = zeros_like(table), expected = zeros_like(table);
    const double loss = weighed(dfew, dtable);
    EXPECT_NEAR(loss, plain(dmany, expected), precision<T>);
    EXPECT_TRUE(close(dtable, expected, precision<T>));
    for (std::size_t d = 0; d < width; ++d) EXPECT_EQ(dfew(2, d), 0);
  };
  CatalogueCrossEntropy<T> full;
  full.set_weights(weights);
  agree([&](auto& dh, auto& dt) { return full.forward_backward(pool, few, table, few_targets, dh, dt); },
        [&](auto& dh, auto& dt) {
          return CatalogueCrossEntropy<T>().forward_backward(pool, many, table, many_targets, dh, dt);
        });
  agree(
      [&](auto& dh, auto& dt) {
        return SampledSoftmax<T>().forward_backward(pool, few, {table, few_targets, shared, log_q, weights}, dh, dt);
      },
      [&](auto& dh, auto& dt) {
        return SampledSoftmax<T>().forward_backward(pool, many, {table, many_targets, shared, log_q}, dh, dt);
      });
  agree(
      [&](auto& dh, auto& dt) {
        return BinaryCrossEntropy<T>().forward_backward(pool, few, {table, few_targets, few_negatives, weights}, dh,
                                                        dt);
      },
      [&](auto& dh, auto& dt) {
        return BinaryCrossEntropy<T>().forward_backward(pool, many, {table, many_targets, many_negatives}, dh, dt);
      });
}

/// Hidden vectors and table, both differentiated through `value`, which adds to dtable and writes dhidden.
void check_gradients(std::size_t tokens, std::size_t items,
                     const std::function<double(ThreadPool&, const Matrix<double>&, const Matrix<double>&,
                                                Matrix<double>&, Matrix<double>&)>& value) {
  SCOPED_TRACE(testing::Message() << tokens << " tokens, " << items << " items");
  ThreadPool pool(2);
  auto hidden = random_matrix<double>(tokens, 3, 1);
  auto table = random_matrix<double>(items, 3, 2);
  auto dhidden = zeros_like(hidden);
  auto dtable = zeros_like(table);
  value(pool, hidden, table, dhidden, dtable);
  const auto dh = dhidden;
  const auto dt = dtable;
  EXPECT_TRUE(test::gradients_match(
      {{"hidden", test::flat(hidden), test::flat(dh)}, {"table", test::flat(table), test::flat(dt)}},
      [&] { return value(pool, hidden, table, dhidden, dtable); },
      {.probes = tokens * items < 1000 ? std::size_t{10} : std::size_t{3}}));
}

// Enough tokens for several tiles: a tile of logits over 40,000 items holds 48 tokens.
TEST(LossGradient, CatalogueCrossEntropyOverSeveralTiles) {
  for (const auto& [tokens, items] : {std::pair<std::size_t, std::size_t>{7, 13}, {61, 40000}, {1, 1}}) {
    const auto targets = random_items(tokens, items, 1);
    CatalogueCrossEntropy<double> loss;
    check_gradients(tokens, items, [&](auto& pool, auto& hidden, auto& table, auto& dhidden, auto& dtable) {
      return loss.forward_backward(pool, hidden, table, targets, dhidden, dtable);
    });
  }
}

// Few items, so that some negatives are drawn twice and some are targets.
TEST(LossGradient, SampledSoftmax) {
  for (const auto& [tokens, items, drawn] :
       {std::tuple<std::size_t, std::size_t, std::size_t>{9, 13, 8}, {300, 50, 9000}, {5, 4, 0}, {1, 2, 1}}) {
    const auto targets = random_items(tokens, items, 1);
    const auto negatives = random_items(drawn, items, 2);
    std::vector<double> log_q(drawn);
    for (std::size_t n = 0; n < drawn; ++n) log_q[n] = -1.0 - 0.1 * negatives[n];
    SampledSoftmax<double> loss;
    check_gradients(tokens, items, [&](auto& pool, auto& hidden, auto& table, auto& dhidden, auto& dtable) {
      return loss.forward_backward(pool, hidden, {table, targets, negatives, log_q}, dhidden, dtable);
    });
  }
}

// Every second position has a target to avoid.
TEST(LossGradient, OfUnwantedTargets) {
  constexpr std::size_t tokens = 9;
  constexpr std::size_t items = 13;
  constexpr std::size_t drawn = 8;
  const auto targets = random_items(tokens, items, 1);
  const auto shared = random_items(drawn, items, 2);
  const auto own = random_items(tokens * drawn, items, 3);
  const std::vector<double> log_q(drawn, -2.0);
  std::vector<double> weights;
  for (std::size_t t = 0; t < tokens; ++t) weights.push_back(t % 2 == 0 ? -0.5 : 0.75);
  CatalogueCrossEntropy<double> full;
  full.set_weights(weights);
  check_gradients(tokens, items, [&](auto& pool, auto& hidden, auto& table, auto& dhidden, auto& dtable) {
    return full.forward_backward(pool, hidden, table, targets, dhidden, dtable);
  });
  SampledSoftmax<double> sampled;
  check_gradients(tokens, items, [&](auto& pool, auto& hidden, auto& table, auto& dhidden, auto& dtable) {
    return sampled.forward_backward(pool, hidden, {table, targets, shared, log_q, weights}, dhidden, dtable);
  });
  BinaryCrossEntropy<double> binary({.target_weight = 0.3});
  check_gradients(tokens, items, [&](auto& pool, auto& hidden, auto& table, auto& dhidden, auto& dtable) {
    return binary.forward_backward(pool, hidden, {table, targets, own, weights}, dhidden, dtable);
  });
}

// With weights, some of them of unwanted targets, and without.
TEST(Losses, OfPartsOfABatchAddUpToTheBatchs) {
  constexpr std::size_t items = 13;
  ThreadPool pool(1);
  const auto hidden = random_matrix<double>(9, 3, 1);
  const auto table = random_matrix<double>(items, 3, 2);
  const auto targets = random_items(9, items, 1);
  const auto shared = random_items(8, items, 2);
  const std::vector<double> log_q(8, -2.0);
  const std::vector<double> uneven{1, -2, 0.5, 0, 1, 1, -1, 3, 0.25};
  for (const std::span<const double> weights : {std::span<const double>(), std::span<const double>(uneven)}) {
    const double total = weights.empty() ? 9 : 9.75;
    const auto add_up = [&](const auto& run) {
      auto dhidden = zeros_like(hidden), dparts = zeros_like(hidden);
      auto dtable = zeros_like(table), dtable_of_parts = zeros_like(table);
      const double whole = run(0, 9, std::nullopt, dhidden, dtable);
      double parts = 0;
      for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 4}, {4, 5}}) {
        parts += run(first, count, total, dparts, dtable_of_parts);
      }
      EXPECT_NEAR(parts, whole, 1e-12);
      EXPECT_TRUE(close(dparts, dhidden, 1e-12));
      EXPECT_TRUE(close(dtable_of_parts, dtable, 1e-12));
    };
    const auto of = [](std::size_t first, std::size_t count, auto span) {
      return span.empty() ? span : span.subspan(first, count);
    };
    add_up([&](std::size_t first, std::size_t count, std::optional<double> mean_over, auto& dh, auto& dt) {
      CatalogueCrossEntropy<double> loss;
      loss.set_weights(of(first, count, weights), mean_over);
      return loss.forward_backward(pool, MatrixSpan<const double>(hidden).rows_from(first, count), table,
                                   of(first, count, std::span(targets)), MatrixSpan<double>(dh).rows_from(first, count),
                                   dt);
    });
    add_up([&](std::size_t first, std::size_t count, std::optional<double> mean_over, auto& dh, auto& dt) {
      return SampledSoftmax<double>().forward_backward(pool, MatrixSpan<const double>(hidden).rows_from(first, count),
                                                       {.table = table,
                                                        .targets = of(first, count, std::span(targets)),
                                                        .negatives = shared,
                                                        .log_q = log_q,
                                                        .weights = of(first, count, weights),
                                                        .total = mean_over},
                                                       MatrixSpan<double>(dh).rows_from(first, count), dt);
    });
  }
}

// -log(1 - p) by its definition, over two items.
TEST(CatalogueCrossEntropy, OfAnUnwantedTargetIsTheLogarithmOfWhatIsLeft) {
  ThreadPool pool(1);
  Matrix<double> hidden;
  hidden.resize({1, 1});
  hidden(0, 0) = 1;
  Matrix<double> table;
  table.resize({2, 1});
  table(0, 0) = std::log(3.0);
  table(1, 0) = 0;
  auto dhidden = zeros_like(hidden);
  auto dtable = zeros_like(table);
  const std::vector<double> weights = {-2};
  const std::vector<std::uint32_t> targets = {0};
  CatalogueCrossEntropy<double> loss;
  loss.set_weights(weights);
  EXPECT_NEAR(loss.forward_backward(pool, hidden, table, targets, dhidden, dtable), -std::log(0.25), 1e-12);
  EXPECT_NEAR(dtable(0, 0), 0.75, 1e-12) << "p / (1 - p) (1 - p)";
}

TEST(LossGradient, BinaryCrossEntropy) {
  for (const auto& [tokens, items, drawn] :
       {std::tuple<std::size_t, std::size_t, std::size_t>{9, 13, 8}, {100, 1000, 20}, {5, 4, 0}}) {
    const auto targets = random_items(tokens, items, 1);
    const auto negatives = random_items(tokens * drawn, items, 2);
    BinaryCrossEntropy<double> loss({.target_weight = 0.3});
    check_gradients(tokens, items, [&](auto& pool, auto& hidden, auto& table, auto& dhidden, auto& dtable) {
      return loss.forward_backward(pool, hidden, {table, targets, negatives}, dhidden, dtable);
    });
  }
}

// The recommender's output layer: both sides brought to one length, cosines over a temperature.
TEST(LossGradient, NormalisedVectorsWithTemperature) {
  const auto targets = random_items(9, 13, 1);
  CatalogueCrossEntropy<double> loss;
  const L2Normalise<double> of_hidden(1 / 0.05);
  const L2Normalise<double> of_table;
  check_gradients(9, 13, [&](auto& pool, auto& hidden, auto& table, auto& dhidden, auto& dtable) {
    L2Normalise<double>::Cache hidden_cache;
    L2Normalise<double>::Cache table_cache;
    Matrix<double> unit_hidden;
    Matrix<double> unit_table;
    of_hidden.forward(hidden, hidden_cache, unit_hidden);
    of_table.forward(table, table_cache, unit_table);
    auto dunit_table = zeros_like(table);
    const double value = loss.forward_backward(pool, unit_hidden, unit_table, targets, dhidden, dunit_table);
    of_hidden.backward(unit_hidden, hidden_cache, dhidden, dhidden);
    of_table.backward(unit_table, table_cache, dunit_table, dtable);
    return value;
  });
}

TYPED_TEST(Loss, OfNoTokensIsZero) {
  using T = TypeParam;
  Matrix<T> none;
  none.resize({0, 3});
  const auto table = random_matrix<T>(4, 3, 2);
  auto dtable = random_matrix<T>(4, 3, 3);
  const auto before = dtable;
  ThreadPool pool(1);
  EXPECT_EQ(CatalogueCrossEntropy<T>().forward_backward(pool, none, table, {}, none, dtable), 0);
  EXPECT_EQ(SampledSoftmax<T>().forward_backward(pool, none, {table, {}, {}, {}}, none, dtable), 0);
  EXPECT_EQ(BinaryCrossEntropy<T>().forward_backward(pool, none, {table, {}, {}}, none, dtable), 0);
  EXPECT_EQ(dtable, before);
}

// A shared negative that is a position's target is masked there and nowhere else.
TYPED_TEST(Loss, NegativesThatAreTheTargetAreLeftOut) {
  using T = TypeParam;
  const auto hidden = random_matrix<T>(2, 3, 1);
  const auto table = random_matrix<T>(6, 3, 2);
  ThreadPool pool(1);
  const auto sampled = [&](const Matrix<T>& h, std::vector<std::uint32_t> targets, std::vector<std::uint32_t> negatives,
                           std::vector<double> log_q) {
    auto dhidden = zeros_like(h);
    auto dtable = zeros_like(table);
    const double loss =
        SampledSoftmax<T>().forward_backward(pool, h, {table, targets, negatives, log_q}, dhidden, dtable);
    return std::pair(loss, dhidden);
  };
  Matrix<T> first = random_matrix<T>(1, 3, 1);
  // Half the draws are the target: what is left is one negative whose correction still counts two draws.
  const auto [with, dwith] = sampled(first, {0}, {4, 0}, {-1.5, -1.5});
  const auto [without, dwithout] = sampled(first, {0}, {4}, {-1.5 + std::log(2.0)});
  EXPECT_NEAR(with, without, precision<T>);
  EXPECT_TRUE(close(dwith, dwithout, precision<T>));
  // For the other position, whose target is another, it stays: its loss is larger than without.
  EXPECT_GT(sampled(hidden, {0, 1}, {4, 0}, {-1.5, -1.5}).first, 0.5 * with);

  auto dhidden = zeros_like(first);
  auto dtable = zeros_like(table);
  const std::vector<std::uint32_t> target{0};
  const std::vector<std::uint32_t> targets_again{0, 0, 0};
  const double binary =
      BinaryCrossEntropy<T>().forward_backward(pool, first, {table, target, targets_again}, dhidden, dtable);
  double logit = 0;
  for (std::size_t d = 0; d < 3; ++d) logit += static_cast<double>(first(0, d)) * static_cast<double>(table(0, d));
  EXPECT_NEAR(binary, std::log1p(std::exp(-logit)) / 4, precision<T>);
}

// With enough draws the sampled loss is the full one: what log-Q correction is for.
TEST(SampledSoftmaxLoss, ApproachesTheFullSoftmax) {
  constexpr std::size_t items = 50;
  constexpr std::uint64_t seed = 3;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  const auto hidden = random_matrix<double>(20, 4, 1);
  const auto table = random_matrix<double>(items, 4, 2);
  const auto targets = random_items(20, items, 1);
  // A skewed distribution: item i with probability proportional to 1 / (1 + i).
  std::vector<double> q(items);
  double total = 0;
  for (std::size_t i = 0; i < items; ++i) total += q[i] = 1.0 / static_cast<double>(1 + i);
  RandomStream stream(seed, Purpose::test);
  std::vector<std::uint32_t> negatives;
  std::vector<double> log_q;
  for (int draw = 0; draw < 40000; ++draw) {
    double left = stream.uniform() * total;
    std::uint32_t item = 0;
    while (item + 1 < items && (left -= q[item]) > 0) ++item;
    negatives.push_back(item);
    log_q.push_back(std::log(q[item] / total));
  }
  ThreadPool pool(2);
  auto dhidden = zeros_like(hidden);
  auto dtable = zeros_like(table);
  const double full = CatalogueCrossEntropy<double>().forward_backward(pool, hidden, table, targets, dhidden, dtable);
  const double sampled =
      SampledSoftmax<double>().forward_backward(pool, hidden, {table, targets, negatives, log_q}, dhidden, dtable);
  EXPECT_NEAR(sampled, full, 0.02);
}

TYPED_TEST(Loss, RefusesItemsOfAnotherCatalogue) {
  using T = TypeParam;
  const auto hidden = random_matrix<T>(2, 3, 1);
  const auto table = random_matrix<T>(6, 3, 2);
  auto dhidden = zeros_like(hidden);
  auto dtable = zeros_like(table);
  ThreadPool pool(1);
  const std::vector<std::uint32_t> good{0, 5};
  const std::vector<std::uint32_t> bad{0, 6};
  const std::vector<double> log_q{-1, -1};
  const std::vector<double> one{-1};
  EXPECT_THROW(SampledSoftmax<T>().forward_backward(pool, hidden, {table, good, bad, log_q}, dhidden, dtable),
               ShapeError);
  EXPECT_THROW(SampledSoftmax<T>().forward_backward(pool, hidden, {table, bad, good, log_q}, dhidden, dtable),
               ShapeError);
  EXPECT_THROW(SampledSoftmax<T>().forward_backward(pool, hidden, {table, good, good, one}, dhidden, dtable),
               ShapeError);
  EXPECT_THROW(BinaryCrossEntropy<T>().forward_backward(pool, hidden, {table, good, bad}, dhidden, dtable), ShapeError);
  EXPECT_THROW(BinaryCrossEntropy<T>().forward_backward(pool, hidden, {table, bad, good}, dhidden, dtable), ShapeError);
  BinaryCrossEntropy<T> in_parts;
  in_parts.begin({table, good, good});
  EXPECT_THROW(in_parts.hidden_gradient(1, hidden, dhidden), ShapeError) << "two tokens from the second of two on";
  const std::vector<std::uint32_t> three{1, 2, 3};
  EXPECT_THROW(BinaryCrossEntropy<T>().forward_backward(pool, hidden, {table, good, three}, dhidden, dtable),
               ShapeError);
}

}  // namespace
}  // namespace infodiet::engine
