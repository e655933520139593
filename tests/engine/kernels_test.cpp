// Every kernel of every instruction set against the portable ones, at sizes around the vector width, and against exact
// results on small integers.
#include "engine/kernels/kernels.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/tensors.hpp"

namespace infodiet::engine::kernels {
namespace {

using test::close;

constexpr std::size_t longest = 70;

template <class T>
std::vector<T> draws(std::size_t n, std::uint32_t index, double deviation = 1) {
  const auto m = test::random_matrix<T>(1, n, index, deviation);
  return {m.begin(), m.end()};
}

template <class T>
std::vector<T> small_integers(std::size_t n, std::uint32_t index) {
  RandomStream stream(9, Purpose::test, 3, index);
  std::vector<T> values(n);
  for (T& value : values) value = static_cast<T>(static_cast<int>(stream.below(17)) - 8);
  return values;
}

template <class T>
class Kernels : public testing::Test {
 protected:
  const Table<T>& portable = table<T>(InstructionSet::portable);

  /// What `use` gives with the portable kernels must agree with what it gives with the machine's best.
  void compare(const std::function<std::vector<T>(const Table<T>&)>& use, double tolerance = test::precision<T>) {
    EXPECT_TRUE(close(use(best<T>()), use(portable), tolerance));
  }
};
TYPED_TEST_SUITE(Kernels, test::Reals);

#define SKIP_UNLESS_VECTORISED()                                    \
  if (best_instruction_set() == InstructionSet::portable) {         \
    GTEST_SKIP() << "this machine has no AVX2: nothing to compare"; \
  }

TYPED_TEST(Kernels, NormsAgree) {
  SKIP_UNLESS_VECTORISED();
  using T = TypeParam;
  constexpr std::size_t rows = 3;
  for (std::size_t n = 2; n <= longest; ++n) {
    SCOPED_TRACE(testing::Message() << n << " columns");
    const auto x = draws<T>(rows * n, 1);
    const auto dy = draws<T>(rows * n, 2);
    const auto gain = draws<T>(n, 3);
    const auto bias = draws<T>(n, 4);
    this->compare([&](const Table<T>& kernel) {
      std::vector<T> all(3 * rows * n + 2 * rows + 2 * n, T{0});
      T* y = all.data();
      T* mean = y + rows * n;
      T* deviation = mean + rows;
      T* dx = deviation + rows;
      T* dgain = dx + rows * n;
      T* dbias = dgain + n;
      kernel.layer_norm(x.data(), rows, n, gain.data(), bias.data(), T(1e-5), y, mean, deviation);
      kernel.layer_norm_backward(x.data(), dy.data(), rows, n, gain.data(), mean, deviation, dx, dgain, dbias);
      for (std::size_t r = 0; r < rows; ++r) deviation[r] = 1 / deviation[r];
      return all;
    });
  }
}

TYPED_TEST(Kernels, ActivationsAgree) {
  SKIP_UNLESS_VECTORISED();
  using T = TypeParam;
  for (std::size_t n = 0; n <= longest; ++n) {
    const auto x = draws<T>(n, 1, 3);
    const auto dy = draws<T>(n, 2);
    this->compare([&](const Table<T>& kernel) {
      std::vector<T> y(2 * n);
      kernel.gelu(x.data(), y.data(), n);
      kernel.gelu_backward(x.data(), dy.data(), y.data() + n, n);
      return y;
    });
  }
}

TYPED_TEST(Kernels, SoftmaxAgrees) {
  SKIP_UNLESS_VECTORISED();
  using T = TypeParam;
  for (std::size_t n = 1; n <= longest; ++n) {
    const auto x = draws<T>(n, 1, 4);
    const auto dp = draws<T>(n, 2);
    this->compare([&](const Table<T>& kernel) {
      auto p = x;
      auto again = x;
      auto ds = dp;
      auto logits = x;
      const T log_sum = kernel.softmax(p.data(), n, T(0.5));
      for (T& score : again) score *= T(0.5);
      kernel.softmax_from_log_sum(again.data(), n, log_sum);
      kernel.softmax_backward(p.data(), ds.data(), n, T(0.25));
      const T loss = kernel.cross_entropy(logits.data(), n, n / 2, T(0.25));
      std::vector<T> all{log_sum, loss};
      for (const auto* part : {&p, &again, &ds, &logits}) all.insert(all.end(), part->begin(), part->end());
      return all;
    });
  }
}

TYPED_TEST(Kernels, UpdatesAgree) {
  SKIP_UNLESS_VECTORISED();
  using T = TypeParam;
  const AdamStep step{.rate = 0.01,
                      .beta1 = 0.9,
                      .beta2 = 0.98,
                      .epsilon = 1e-8,
                      .decoupled_decay = 0.1,
                      .coupled_decay = 0.2,
                      .correction1 = 0.19,
                      .correction2 = 0.0396,
                      .gradient_scale = 0.5};
  for (std::size_t n = 0; n <= longest; ++n) {
    const auto start = draws<T>(n, 1);
    const auto gradient = draws<T>(n, 2);
    const auto first = draws<T>(n, 3);
    auto second = draws<T>(n, 4);
    for (T& value : second) value *= value;
    this->compare([&](const Table<T>& kernel) {
      auto parameters = start;
      auto m = first;
      auto v = second;
      kernel.adam(step, parameters.data(), gradient.data(), m.data(), v.data(), n);
      for (const auto* part : {&m, &v}) parameters.insert(parameters.end(), part->begin(), part->end());
      return parameters;
    });
  }
}

TYPED_TEST(Kernels, SumsAreExactOnSmallIntegers) {
  using T = TypeParam;
  constexpr std::size_t rows = 5;
  for (const Table<T>* kernel : {&this->portable, &best<T>()}) {
    for (std::size_t n = 0; n <= longest; ++n) {
      SCOPED_TRACE(testing::Message() << n << " columns");
      const auto x = small_integers<T>(rows * n, 1);
      auto y = small_integers<T>(rows * n, 2);
      const auto bias = small_integers<T>(n, 3);
      auto sums = bias;
      auto plus_bias = y;
      double squares = 0;
      for (const T value : x) squares += static_cast<double>(value * value);
      EXPECT_EQ(kernel->sum_of_squares(x.data(), x.size()), squares);
      kernel->add_row(plus_bias.data(), rows, n, bias.data());
      kernel->add_column_sums(x.data(), rows, n, sums.data());
      auto sum = y;
      kernel->add(sum.data(), x.data(), x.size());
      for (std::size_t c = 0; c < n; ++c) {
        T expected = bias[c];
        for (std::size_t r = 0; r < rows; ++r) {
          const std::size_t i = r * n + c;
          expected += x[i];
          EXPECT_EQ(sum[i], x[i] + y[i]);
          EXPECT_EQ(plus_bias[i], y[i] + bias[c]);
        }
        EXPECT_EQ(sums[c], expected);
      }
    }
  }
}

TYPED_TEST(Kernels, SoftmaxOfHugeScoresIsFinite) {
  using T = TypeParam;
  for (const Table<T>* kernel : {&this->portable, &best<T>()}) {
    std::vector<T> x{-5000, 5000, 5000, -5000, 0};
    const T log_sum = kernel->softmax(x.data(), x.size(), T{1});
    EXPECT_EQ(x, (std::vector<T>{0, T(0.5), T(0.5), 0, 0}));
    EXPECT_NEAR(log_sum, 5000 + std::log(2.0), 1e-3);
    EXPECT_EQ(kernel->softmax(x.data(), 0, T{1}), -std::numeric_limits<T>::infinity());
  }
}

TEST(BestKernels, AreThoseOfAnInstructionSetOfThisBuild) {
  EXPECT_EQ(&best<float>(), &table<float>(best_instruction_set()));
}

}  // namespace
}  // namespace infodiet::engine::kernels
