#include "engine/layers/gru.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/errors.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

constexpr std::size_t gru_in = 3;
constexpr std::size_t gru_width = 4;
constexpr std::size_t gru_length = 5;
constexpr std::size_t gru_sequences = 2;

template <class T>
class GruTest : public testing::Test {};
TYPED_TEST_SUITE(GruTest, test::Reals);

/// The formulas of Cho et al. with the reset gate after the product, for one sequence, number by number.
template <class T>
std::vector<std::vector<double>> by_hand(const Parameters<T>& parameters, const Matrix<T>& x, std::size_t first) {
  const std::span<const T> flat = parameters.flat();
  const auto weight = [&](std::size_t i, std::size_t j) { return static_cast<double>(flat[i * 3 * gru_width + j]); };
  const auto bias = [&](std::size_t j) { return static_cast<double>(flat[gru_in * 3 * gru_width + j]); };
  const auto recurrent = [&](std::size_t i, std::size_t j) {
    return static_cast<double>(flat[(gru_in + 1) * 3 * gru_width + i * 3 * gru_width + j]);
  };
  std::vector<std::vector<double>> rows;
  std::vector<double> h(gru_width, 0.0);
  for (std::size_t t = 0; t < gru_length; ++t) {
    const auto from_input = [&](std::size_t j) {
      double sum = bias(j);
      for (std::size_t i = 0; i < gru_in; ++i) sum += static_cast<double>(x(first + t, i)) * weight(i, j);
      return sum;
    };
    const auto recalled = [&](std::size_t j) {
      double sum = 0;
      for (std::size_t i = 0; i < gru_width; ++i) sum += h[i] * recurrent(i, j);
      return sum;
    };
    std::vector<double> next(gru_width);
    for (std::size_t j = 0; j < gru_width; ++j) {
      const double kept = 1 / (1 + std::exp(-from_input(j) - recalled(j)));
      const double reset = 1 / (1 + std::exp(-from_input(gru_width + j) - recalled(gru_width + j)));
      const double proposed = std::tanh(from_input(2 * gru_width + j) + reset * recalled(2 * gru_width + j));
      next[j] = kept * h[j] + (1 - kept) * proposed;
    }
    h = next;
    rows.push_back(h);
  }
  return rows;
}

/// A unit with random numbers, run over all sequences.
template <class T>
struct GruExample {
  ParameterLayout layout;
  Gru<T> gru{layout, "gru", {.in = gru_in, .width = gru_width}};
  Parameters<T> parameters = test::random_parameters<T>(layout, 1);
  Matrix<T> x = test::random_matrix<T>(gru_sequences * gru_length, gru_in, 2);
  Workspace<T> workspace;
  typename Gru<T>::Cache cache;
  Matrix<T> h;

  GruExample() { gru.forward({parameters, workspace}, x, gru_length, cache, h); }
};

TYPED_TEST(GruTest, HasTheNumbersOfItsFormulas) {
  using T = TypeParam;
  GruExample<T> example;
  for (std::size_t s = 0; s < gru_sequences; ++s) {
    const auto expected = by_hand(example.parameters, example.x, s * gru_length);
    for (std::size_t t = 0; t < gru_length; ++t) {
      for (std::size_t j = 0; j < gru_width; ++j) {
        EXPECT_NEAR(static_cast<double>(example.h(s * gru_length + t, j)), expected[t][j], test::precision<T>);
      }
    }
  }
}

TYPED_TEST(GruTest, StepsAgreeWithThePackedPass) {
  using T = TypeParam;
  GruExample<T> example;
  Matrix<T> h;
  h.resize({gru_sequences, gru_width});
  std::fill(h.begin(), h.end(), T{0});
  for (std::size_t t = 0; t < gru_length; ++t) {
    const MatrixSpan<const T> now(&example.x(t, 0), gru_sequences, gru_in, gru_length * gru_in);
    example.gru.step({example.parameters, example.workspace}, now, h);
    for (std::size_t s = 0; s < gru_sequences; ++s) {
      for (std::size_t j = 0; j < gru_width; ++j) {
        EXPECT_NEAR(static_cast<double>(h(s, j)), static_cast<double>(example.h(s * gru_length + t, j)),
                    test::precision<T>);
      }
    }
  }
}

TEST(Gru, GradientsMatchDifferences) {
  for (const std::size_t steps : {std::size_t{1}, gru_length}) {
    SCOPED_TRACE(testing::Message() << steps << " tokens each");
    ParameterLayout layout;
    const Gru<double> gru(layout, "gru", {.in = gru_in, .width = gru_width});
    auto parameters = test::random_parameters<double>(layout, 1);
    Parameters<double> gradients(layout);
    auto x = test::random_matrix<double>(gru_sequences * steps, gru_in, 2);
    const auto dh = test::random_matrix<double>(gru_sequences * steps, gru_width, 3);
    Workspace<double> workspace;
    Gru<double>::Cache cache;
    Matrix<double> h;
    const auto loss = [&] {
      gru.forward({parameters, workspace}, x, steps, cache, h);
      return test::inner_product(h, dh);
    };
    loss();
    Matrix<double> slope = dh;
    Matrix<double> dx;
    gru.backward({parameters, workspace, {}, &gradients}, x, steps, cache, h, slope, &dx);
    std::vector<test::Differentiated> blocks{{"x", test::flat(x), test::flat(dx)}};
    test::add_parameters(blocks, layout, parameters, gradients);
    EXPECT_TRUE(test::gradients_match(blocks, loss));
  }
}

TEST(Gru, RefusesWhatDoesNotFit) {
  ParameterLayout layout;
  const Gru<float> gru(layout, "gru", {.in = gru_in, .width = gru_width});
  const auto parameters = test::random_parameters<float>(layout, 1);
  Workspace<float> workspace;
  Gru<float>::Cache cache;
  Matrix<float> h;
  const auto seven = test::random_matrix<float>(7, gru_in, 2);
  const auto wide = test::random_matrix<float>(6, gru_in + 1, 2);
  const auto three = test::random_matrix<float>(3, gru_in, 2);
  EXPECT_THROW(gru.forward({parameters, workspace}, seven, 3, cache, h), ShapeError);
  EXPECT_THROW(gru.forward({parameters, workspace}, wide, 3, cache, h), ShapeError);
  auto two = test::random_matrix<float>(2, gru_width, 2);
  EXPECT_THROW(gru.step({parameters, workspace}, three, two), ShapeError);
}

}  // namespace
}  // namespace infodiet::engine
