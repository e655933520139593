// Optimisers and schedules: golden AdamW, formulas by hand, restoring, and row-wise updates that equal dense ones.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/errors.hpp"
#include "engine/layers/embedding.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "engine/optim/row_adamw.hpp"
#include "engine/optim/row_set.hpp"
#include "engine/optim/schedule.hpp"
#include "engine/optim/sgd.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::close;
using test::golden_matrix;
using test::precision;
using test::random_matrix;

template <class T>
std::span<T> all_of(Matrix<T>& m) {
  return {m.data(), m.size()};
}

template <class T>
class Optimiser : public testing::Test {};
TYPED_TEST_SUITE(Optimiser, test::Reals);

TYPED_TEST(Optimiser, AdamWMatchesTheGoldenValues) {
  using T = TypeParam;
  ThreadPool pool(1);
  auto parameters = golden_matrix<T>("adamw", "start");
  const auto gradients = golden_matrix<T>("adamw", "grads");
  const auto expected = golden_matrix<double>("adamw", "params");
  const std::size_t n = parameters.size();
  AdamW<T> optimiser(n, {.beta1 = 0.9, .beta2 = 0.98, .epsilon = 1e-8, .weight_decay = 0.1});
  for (std::size_t step = 0; step < gradients.shape(0); ++step) {
    optimiser.update(pool, {parameters.data(), n}, {gradients.data() + step * n, n}, 0.01);
    const std::vector<double> after(expected.data() + step * n, expected.data() + (step + 1) * n);
    EXPECT_TRUE(close(parameters, after, precision<T>)) << "after step " << step + 1;
  }
}

// The formulas themselves, one number at a time.
TYPED_TEST(Optimiser, AdamAndMomentumFollowTheirFormulas) {
  using T = TypeParam;
  ThreadPool pool(2);
  auto adam = random_matrix<T>(1, 40, 1);
  auto sgd = adam;
  std::vector<double> adam_expected(adam.begin(), adam.end());
  auto sgd_expected = adam_expected;
  std::vector<double> m(40), v(40), velocity(40);
  AdamW<T> adam_optimiser(40, {.beta1 = 0.8, .beta2 = 0.9, .weight_decay = 0.3, .decay = WeightDecay::coupled});
  Sgd<T> sgd_optimiser(40, {.momentum = 0.7, .weight_decay = 0.2});
  for (int t = 1; t <= 6; ++t) {
    const auto g = random_matrix<T>(1, 40, static_cast<std::uint32_t>(t));
    const double rate = 0.01 * t;
    adam_optimiser.update(pool, all_of(adam), test::flat(g), rate, 0.5);
    sgd_optimiser.update(pool, all_of(sgd), test::flat(g), rate, 0.5);
    for (std::size_t i = 0; i < 40; ++i) {
      const double scaled = 0.5 * static_cast<double>(g.data()[i]);
      const double ga = scaled + 0.3 * adam_expected[i];
      m[i] = 0.8 * m[i] + 0.2 * ga;
      v[i] = 0.9 * v[i] + 0.1 * ga * ga;
      adam_expected[i] -= rate * (m[i] / (1 - std::pow(0.8, t))) / (std::sqrt(v[i] / (1 - std::pow(0.9, t))) + 1e-8);
      velocity[i] = 0.7 * velocity[i] + scaled + 0.2 * sgd_expected[i];
      sgd_expected[i] -= rate * velocity[i];
    }
  }
  EXPECT_TRUE(close(adam, adam_expected, precision<T>));
  EXPECT_TRUE(close(sgd, sgd_expected, precision<T>));
}

TYPED_TEST(Optimiser, RestoredGoesOnToTheSameBits) {
  using T = TypeParam;
  ThreadPool pool(1);
  auto p = random_matrix<T>(1, 20, 1);
  auto q = p;
  const auto g = random_matrix<T>(1, 20, 2);
  AdamW<T> adam(20, {});
  Sgd<T> sgd(20, {.momentum = 0.9});
  adam.update(pool, all_of(p), test::flat(g), 0.1);
  sgd.update(pool, all_of(q), test::flat(g), 0.1);
  AdamW<T> later_adam(20, {});
  Sgd<T> later_sgd(20, {.momentum = 0.9});
  later_adam.restore(adam.state());
  later_sgd.restore(sgd.state());
  auto later_p = p;
  auto later_q = q;
  adam.update(pool, all_of(p), test::flat(g), 0.1);
  sgd.update(pool, all_of(q), test::flat(g), 0.1);
  later_adam.update(pool, all_of(later_p), test::flat(g), 0.1);
  later_sgd.update(pool, all_of(later_q), test::flat(g), 0.1);
  EXPECT_EQ(p, later_p);
  EXPECT_EQ(q, later_q);
  EXPECT_THROW(AdamW<T>(3, {}).restore(adam.state()), ShapeError);
  EXPECT_THROW(Sgd<T>(3, {}).restore(sgd.state()), ShapeError);
}

TYPED_TEST(Optimiser, ClippingBringsTheNormDown) {
  using T = TypeParam;
  ThreadPool pool(2);
  const auto g = random_matrix<T>(100, 1000, 1);
  double expected = 0;
  for (const T value : g) expected += static_cast<double>(value) * static_cast<double>(value);
  const double squares = sum_of_squares(pool, test::flat(g));
  EXPECT_NEAR(squares, expected, 1e-5 * expected);
  EXPECT_DOUBLE_EQ(clip_scale(squares, 2.0) * std::sqrt(squares), 2.0);
  EXPECT_EQ(clip_scale(4.0, 3.0), 1.0);
  EXPECT_EQ(clip_scale(0.0, 3.0), 1.0);
}

// A table of which every step uses some rows, some of them long apart and some never: the row-wise optimiser ends where
// the dense one does, to the bit, and so does what was read on the way.
TYPED_TEST(Optimiser, RowWiseAdamEqualsTheDenseOne) {
  using T = TypeParam;
  constexpr std::size_t rows = 40;
  constexpr std::size_t cols = 11;
  constexpr std::uint64_t seed = 17;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (const AdamOptions& options : {AdamOptions{}, AdamOptions{.weight_decay = 0.1},
                                     AdamOptions{.weight_decay = 0.1, .decay = WeightDecay::coupled}}) {
    ThreadPool pool(2);
    auto dense = random_matrix<T>(rows, cols, 1);
    auto sparse = dense;
    AdamW<T> dense_optimiser(dense.size(), options);
    RowAdamW<T> row_optimiser(rows, cols, options);
    RandomStream stream(seed, Purpose::test);
    RowSet set(rows);
    for (std::uint32_t step = 1; step <= 60; ++step) {
      // Row 39 is never used; the higher a row the rarer.
      std::vector<std::uint32_t> used;
      for (int i = 0; i < 6; ++i) used.push_back(static_cast<std::uint32_t>(39 * std::pow(stream.uniform(), 4)));
      set.assign({used});
      row_optimiser.catch_up(pool, sparse, set.rows());
      const auto gradients = random_matrix<T>(set.rows().size(), cols, 100 + step);
      auto dense_gradients = test::zeros_like(dense);
      for (std::size_t i = 0; i < set.rows().size(); ++i) {
        for (std::size_t c = 0; c < cols; ++c) {
          EXPECT_EQ(sparse(set.rows()[i], c), dense(set.rows()[i], c)) << "read at step " << step;
          dense_gradients(set.rows()[i], c) = gradients(i, c);
        }
      }
      const double rate = 0.01 * (1 + step % 7);
      const double scale = step % 3 == 0 ? 0.5 : 1.0;
      dense_optimiser.update(pool, all_of(dense), test::flat(dense_gradients), rate, scale);
      row_optimiser.update(pool, sparse, set.rows(), gradients, rate, scale);
      if (step == 30) row_optimiser.catch_up_all(pool, sparse);
    }
    EXPECT_EQ(row_optimiser.steps(), 60U);
    EXPECT_NE(sparse, dense);
    row_optimiser.catch_up_all(pool, sparse);
    EXPECT_EQ(sparse, dense);
  }
}

TYPED_TEST(Optimiser, RowWiseAdamRefusesRowsThatMissedSteps) {
  using T = TypeParam;
  ThreadPool pool(1);
  auto table = random_matrix<T>(4, 2, 1);
  const auto gradient = random_matrix<T>(1, 2, 2);
  RowAdamW<T> optimiser(4, 2, {});
  const std::vector<std::uint32_t> zero{0};
  const std::vector<std::uint32_t> one{1};
  optimiser.update(pool, table, zero, gradient, 0.1);
  optimiser.update(pool, table, one, gradient, 0.1);
  EXPECT_THROW(optimiser.update(pool, table, zero, gradient, 0.1), Error);
  optimiser.catch_up(pool, table, zero);
  EXPECT_NO_THROW(optimiser.update(pool, table, zero, gradient, 0.1));
  EXPECT_THROW(optimiser.update(pool, table, std::vector<std::uint32_t>{4}, gradient, 0.1), ShapeError);
  EXPECT_THROW(optimiser.catch_up(pool, table, std::vector<std::uint32_t>{2, 1}), ShapeError);
}

TYPED_TEST(Optimiser, RowWiseDescentEqualsTheDenseOne) {
  using T = TypeParam;
  ThreadPool pool(2);
  auto dense = random_matrix<T>(10, 3, 1);
  auto sparse = dense;
  const std::vector<std::uint32_t> rows{1, 4, 9};
  const auto gradients = random_matrix<T>(3, 3, 2);
  auto dense_gradients = test::zeros_like(dense);
  for (std::size_t i = 0; i < 3; ++i) std::copy_n(&gradients(i, 0), 3, &dense_gradients(rows[i], 0));
  Sgd<T> optimiser(dense.size(), {});
  optimiser.update(pool, all_of(dense), test::flat(dense_gradients), 0.1, 0.5);
  sgd_rows<T>(pool, sparse, rows, gradients, 0.1, 0.5);
  EXPECT_TRUE(close(sparse, dense, precision<T>));
  EXPECT_THROW(sgd_rows<T>(pool, sparse, std::vector<std::uint32_t>{1, 1, 2}, gradients, 0.1), ShapeError);
}

TEST(RowSet, RenumbersDistinctRows) {
  RowSet set(100);
  std::vector<std::uint32_t> places;
  for (int repeat = 0; repeat < 2; ++repeat) {
    set.assign({std::vector<std::uint32_t>{50, 3, 3, 99}, std::vector<std::uint32_t>{3, 7}});
    EXPECT_EQ(std::vector<std::uint32_t>(set.rows().begin(), set.rows().end()),
              (std::vector<std::uint32_t>{3, 7, 50, 99}));
    set.places_of(std::vector<std::uint32_t>{99, 3, 50, 7, 3}, places);
    EXPECT_EQ(places, (std::vector<std::uint32_t>{3, 0, 2, 1, 0}));
    EXPECT_THROW(set.places_of(std::vector<std::uint32_t>{4}, places), ShapeError);
    EXPECT_THROW(set.places_of(std::vector<std::uint32_t>{100}, places), ShapeError);
    set.assign({std::vector<std::uint32_t>{4}});
    EXPECT_EQ(set.rows().size(), 1U);
  }
  EXPECT_THROW(set.assign({std::vector<std::uint32_t>{100}}), ShapeError);
}

TEST(Schedule, WarmsUpAndDeclinesAlongACosine) {
  const Schedule constant{.peak = 2, .warmup = 4};
  EXPECT_EQ(constant.rate(1), 0.5);
  EXPECT_EQ(constant.rate(4), 2);
  EXPECT_EQ(constant.rate(1000), 2);
  EXPECT_EQ((Schedule{.peak = 3}.rate(1)), 3);
  const Schedule cosine{.peak = 2, .warmup = 10, .decline = Decline::cosine, .total = 110, .end = 0.5};
  EXPECT_EQ(cosine.rate(5), 1);
  EXPECT_EQ(cosine.rate(10), 2);
  EXPECT_NEAR(cosine.rate(60), 1.25, 1e-12);
  EXPECT_NEAR(cosine.rate(35), 0.5 + 0.75 * (1 + std::sqrt(0.5)), 1e-12);
  EXPECT_EQ(cosine.rate(110), 0.5);
  EXPECT_EQ(cosine.rate(5000), 0.5);
}

}  // namespace
}  // namespace infodiet::engine
