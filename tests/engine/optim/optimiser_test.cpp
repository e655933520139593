// Optimiser, clipping and schedules: golden AdamW, formulas by hand, restoring.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/errors.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "engine/optim/schedule.hpp"
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

TYPED_TEST(Optimiser, ScalesGradientsFirst) {
  using T = TypeParam;
  ThreadPool pool(2);
  auto scaled = random_matrix<T>(1, 40, 1);
  auto half = scaled;
  AdamW<T> scaled_optimiser(40, {});
  AdamW<T> half_optimiser(40, {});
  for (std::uint32_t t = 1; t <= 3; ++t) {
    auto g = random_matrix<T>(1, 40, t);
    scaled_optimiser.update(pool, all_of(scaled), test::flat(g), 0.01, 0.5);
    for (T& value : g) value *= T(0.5);
    half_optimiser.update(pool, all_of(half), test::flat(g), 0.01);
  }
  EXPECT_EQ(scaled, half);
}

TYPED_TEST(Optimiser, RestoredGoesOnToTheSameBits) {
  using T = TypeParam;
  ThreadPool pool(1);
  auto p = random_matrix<T>(1, 20, 1);
  const auto g = random_matrix<T>(1, 20, 2);
  AdamW<T> adam(20, {});
  adam.update(pool, all_of(p), test::flat(g), 0.1);
  AdamW<T> later_adam(20, {});
  later_adam.restore(adam.state());
  auto later_p = p;
  adam.update(pool, all_of(p), test::flat(g), 0.1);
  later_adam.update(pool, all_of(later_p), test::flat(g), 0.1);
  EXPECT_EQ(p, later_p);
  EXPECT_THROW(AdamW<T>(3, {}).restore(adam.state()), ShapeError);
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

TEST(Schedule, WarmsUpAndDeclinesAlongACosine) {
  const Schedule constant{.peak = 2, .warmup = 4};
  EXPECT_EQ(constant.learning_rate(1), 0.5);
  EXPECT_EQ(constant.learning_rate(4), 2);
  EXPECT_EQ(constant.learning_rate(1000), 2);
  EXPECT_EQ((Schedule{.peak = 3}.learning_rate(1)), 3);
  const Schedule cosine{.peak = 2, .warmup = 10, .lr_schedule = LrSchedule::cosine, .total = 110, .end = 0.5};
  EXPECT_EQ(cosine.learning_rate(5), 1);
  EXPECT_EQ(cosine.learning_rate(10), 2);
  EXPECT_NEAR(cosine.learning_rate(60), 1.25, 1e-12);
  EXPECT_NEAR(cosine.learning_rate(35), 0.5 + 0.75 * (1 + std::sqrt(0.5)), 1e-12);
  EXPECT_EQ(cosine.learning_rate(110), 0.5);
  EXPECT_EQ(cosine.learning_rate(5000), 0.5);
}

}  // namespace
}  // namespace infodiet::engine
