// Every kernel of every instruction set against the portable ones, at sizes around the vector width, and against exact
// results on small integers.
#include "engine/kernels/kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

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
  /// The kernels of every instruction set that this machine runs.
  static std::vector<const Table<T>*> tables() {
    std::vector<const Table<T>*> all;
    for (const InstructionSet set : instruction_sets()) all.push_back(&table<T>(set));
    return all;
  }

  /// The results of `use` with the portable kernels must agree with those with the kernels of other instruction sets.
  void compare(const std::function<std::vector<T>(const Table<T>&)>& use, double tolerance = test::precision<T>) {
    const std::vector<T> expected = use(table<T>(InstructionSet::portable));
    for (const InstructionSet set : instruction_sets()) {
      EXPECT_TRUE(close(use(table<T>(set)), expected, tolerance)) << name_of(set);
    }
  }
};
TYPED_TEST_SUITE(Kernels, test::Reals);

#define SKIP_UNLESS_VECTORISED()                                    \
  if (instruction_sets().size() == 1) {                             \
    GTEST_SKIP() << "this machine has no AVX2: nothing to compare"; \
  }

TYPED_TEST(Kernels, TransposeExchangesRowsAndColumns) {
  using T = TypeParam;
  for (const std::size_t rows : {1, 7, 8, 17, 40}) {
    for (const std::size_t cols : {1, 8, 9, 31}) {
      const std::size_t stride = cols + 3;
      const auto x = draws<T>(rows * stride, 1);
      for (const Table<T>* kernel : this->tables()) {
        std::vector<T> y(rows * cols);
        kernel->transpose(x.data(), rows, cols, stride, y.data());
        for (std::size_t r = 0; r < rows; ++r) {
          for (std::size_t c = 0; c < cols; ++c) ASSERT_EQ(y[c * rows + r], x[r * stride + c]) << rows << ", " << cols;
        }
      }
    }
  }
}

TYPED_TEST(Kernels, NextAboveFindsTheFirst) {
  using T = TypeParam;
  std::vector<T> x(longest, T{1});
  x[3] = std::numeric_limits<T>::quiet_NaN();
  for (const Table<T>* kernel : this->tables()) {
    EXPECT_EQ(kernel->next_above(x.data(), longest, 0, T{1}), longest) << "1 is not above 1, NaN above nothing";
    EXPECT_EQ(kernel->next_above(x.data(), longest, 2, T{0}), 2U);
    EXPECT_EQ(kernel->next_above(x.data(), longest, 3, T{0}), 4U);
    EXPECT_EQ(kernel->next_above(x.data(), longest, longest, T{0}), longest);
    for (std::size_t at = 0; at < longest; ++at) {
      std::vector<T> y = x;
      y[at] = T{2};
      EXPECT_EQ(kernel->next_above(y.data(), longest, 0, T{1}), at);
    }
  }
}

TYPED_TEST(Kernels, RowDotsAreExactOnSmallIntegers) {
  using T = TypeParam;
  for (const std::size_t cols : {1, 8, 13, 64}) {
    const auto x = small_integers<T>(3 * cols, 1);
    const auto y = small_integers<T>(cols, 2);
    for (const Table<T>* kernel : this->tables()) {
      std::vector<T> dots(3);
      kernel->row_dots(x.data(), 3, cols, y.data(), dots.data());
      for (std::size_t r = 0; r < 3; ++r) {
        T sum = 0;
        for (std::size_t c = 0; c < cols; ++c) sum += x[r * cols + c] * y[c];
        EXPECT_EQ(dots[r], sum);
      }
    }
  }
}

TEST(Int8Kernels, BlockDotsAreExactUpToTheLargestNumbers) {
  RandomStream stream(4, Purpose::test);
  for (const std::size_t quads : {1, 3, 16, 64}) {
    constexpr std::size_t blocks = 3;
    std::vector<std::int8_t> rows(blocks * int8_block * 4 * quads);
    std::vector<std::int8_t> query(4 * quads);
    const auto draw = [&] { return static_cast<std::int8_t>(static_cast<int>(stream.below(255)) - 127); };
    std::generate(rows.begin(), rows.end(), draw);
    std::generate(query.begin(), query.end(), draw);
    std::fill_n(rows.begin(), 4, std::int8_t{127});
    std::fill_n(query.begin(), 4, std::int8_t{-127});
    for (const InstructionSet set : instruction_sets()) {
      std::vector<std::int32_t> dots(blocks * int8_block);
      int8_table(set).block_dots(rows.data(), blocks, quads, query.data(), dots.data());
      for (std::size_t row = 0; row < dots.size(); ++row) {
        int sum = 0;
        for (std::size_t c = 0; c < 4 * quads; ++c) {
          const std::size_t at =
              row / int8_block * int8_block * 4 * quads + c / 4 * 4 * int8_block + row % int8_block * 4 + c % 4;
          sum += rows[at] * query[c];
        }
        EXPECT_EQ(dots[row], sum) << "row " << row << " of " << quads << " quads";
      }
    }
  }
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
      kernel.layer_norm({x.data(), rows, n}, {gain.data(), bias.data()}, T(1e-5), y, {mean, deviation});
      kernel.layer_norm_backward({x.data(), rows, n}, dy.data(), gain.data(), {mean, deviation}, dx, {dgain, dbias});
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
      std::vector<T> y(4 * n);
      kernel.gelu(x.data(), y.data(), n);
      kernel.gelu_backward(x.data(), dy.data(), y.data() + n, n);
      kernel.silu(x.data(), T(0.5), y.data() + 2 * n, n);
      kernel.silu_backward(x.data(), dy.data(), T(0.5), y.data() + 3 * n, n);
      return y;
    });
  }
}

TYPED_TEST(Kernels, ReluIsExact) {
  using T = TypeParam;
  for (const Table<T>* kernel : this->tables()) {
    for (std::size_t n = 0; n <= longest; ++n) {
      const auto x = small_integers<T>(n, 1);
      const auto dy = small_integers<T>(n, 2);
      std::vector<T> y(n);
      std::vector<T> dx(n);
      kernel->relu(x.data(), y.data(), n);
      kernel->relu_backward(x.data(), dy.data(), dx.data(), n);
      for (std::size_t i = 0; i < n; ++i) {
        EXPECT_EQ(y[i], std::max(x[i], T{0}));
        EXPECT_EQ(dx[i], x[i] > T{0} ? dy[i] : T{0});
      }
    }
  }
}

TYPED_TEST(Kernels, GatesAgree) {
  SKIP_UNLESS_VECTORISED();
  using T = TypeParam;
  constexpr std::size_t rows = 3;
  for (std::size_t n = 1; n <= longest; ++n) {
    const auto x = draws<T>(rows * 2 * n, 1, 2);
    const auto dy = draws<T>(rows * n, 2);
    this->compare([&](const Table<T>& kernel) {
      std::vector<T> all(6 * rows * n, T{1});
      kernel.swiglu(x.data(), rows, n, all.data());
      kernel.swiglu_backward(x.data(), dy.data(), rows, n, all.data() + rows * n);
      kernel.add_gated(all.data() + 3 * rows * n, x.data(), x.data() + rows * n, rows * n);
      kernel.add_gated_backward(x.data(), x.data() + rows * n, dy.data(), all.data() + 4 * rows * n,
                                all.data() + 5 * rows * n, rows * n);
      return all;
    });
  }
}

TYPED_TEST(Kernels, GruTokensAgree) {
  SKIP_UNLESS_VECTORISED();
  using T = TypeParam;
  for (std::size_t n = 1; n <= longest; ++n) {
    const auto gates = draws<T>(3 * n, 1);
    const auto recalled = draws<T>(3 * n, 2);
    const auto before = draws<T>(n, 3);
    this->compare([&](const Table<T>& kernel) {
      std::vector<T> all = gates;
      all.resize(4 * n);
      kernel.gru_token(all.data(), recalled.data(), before.data(), all.data() + 3 * n, n);
      return all;
    });
  }
}

TYPED_TEST(Kernels, L2NormalisationAgrees) {
  SKIP_UNLESS_VECTORISED();
  using T = TypeParam;
  constexpr std::size_t rows = 3;
  for (std::size_t n = 2; n <= longest; ++n) {
    const auto x = draws<T>(rows * n, 1);
    const auto dy = draws<T>(rows * n, 2);
    this->compare([&](const Table<T>& kernel) {
      std::vector<T> all(2 * rows * n + rows);
      T* norms = all.data() + 2 * rows * n;
      kernel.l2_normalise({x.data(), rows, n}, T{20}, all.data(), norms);
      kernel.l2_normalise_backward({all.data(), rows, n}, dy.data(), T{20}, norms, all.data() + rows * n);
      return all;
    });
  }
}

TYPED_TEST(Kernels, ScoreTermsAgree) {
  SKIP_UNLESS_VECTORISED();
  using T = TypeParam;
  constexpr std::size_t width = 11;
  for (std::size_t n = 1; n <= 4 * longest; n += 13) {
    const auto vectors = draws<T>(n * width, 1);
    const auto table = draws<T>(interval_buckets, 2);
    std::vector<std::int32_t> times(n);
    for (std::size_t j = 0; j < n; ++j) times[j] = static_cast<std::int32_t>(j * j * j);
    this->compare([&](const Table<T>& kernel) {
      std::vector<T> scores(n, T{1});
      std::vector<T> dtable(interval_buckets, T{0});
      std::vector<T> dquery(width, T{0});
      std::vector<T> du(width, T{0});
      auto dkeys = vectors;
      kernel.add_interval_bias(scores.data(), n, 1000, times.data(), table.data());
      const AdditiveKeys<const T> keys{vectors.data(), width};
      const Rows<const T> u{table.data() + width, 1, width};
      kernel.add_additive_scores(table.data(), keys, u, n, scores.data());
      kernel.add_interval_bias_backward(scores.data(), n, 1000, times.data(), dtable.data());
      kernel.add_additive_scores_backward(table.data(), keys, u, n, scores.data(),
                                          {dquery.data(), {dkeys.data(), width}, du.data()});
      auto turned = table;
      kernel.rotate(turned.data(), 2, 8, table.data(), table.data() + 16);
      for (const auto* part : {&dtable, &dquery, &du, &dkeys, &turned}) {
        scores.insert(scores.end(), part->begin(), part->end());
      }
      return scores;
    });
  }
}

/// x becomes its softmax by the definition; returns the logarithm of the sum of exponentials.
template <class T>
double plain_softmax(std::vector<T>& x) {
  double total = 0;
  for (const T score : x) total += std::exp(static_cast<double>(score));
  for (T& score : x) score = static_cast<T>(std::exp(static_cast<double>(score)) / total);
  return std::log(total);
}

// However a row is cut into tiles, rescaling the earlier tiles gives the softmax of the whole row.
TYPED_TEST(Kernels, SoftmaxTileByTileIsTheSoftmax) {
  using T = TypeParam;
  for (const Table<T>* kernel : this->tables()) {
    for (const std::size_t tile : {1, 5, 16, 33, 70}) {
      auto whole = draws<T>(longest, 1, 20);
      whole[3] = -std::numeric_limits<T>::infinity();
      auto row = whole;
      T largest = -std::numeric_limits<T>::infinity();
      T total = 0;
      for (std::size_t begin = 0; begin < longest; begin += tile) {
        const std::size_t n = std::min(tile, longest - begin);
        const T rescale = kernel->softmax_tile(row.data() + begin, n, &largest, &total);
        for (std::size_t i = 0; i < begin; ++i) row[i] *= rescale;
      }
      for (T& value : row) value /= total;
      const double log_sum = plain_softmax(whole);
      EXPECT_EQ(row[3], T{0});
      EXPECT_TRUE(close(row, whole, test::precision<T>));
      EXPECT_NEAR(largest + std::log(total), log_sum, test::precision<T> * 100);
    }
    std::vector<T> hidden(9, -std::numeric_limits<T>::infinity());
    T largest = -std::numeric_limits<T>::infinity();
    T total = 0;
    EXPECT_EQ(kernel->softmax_tile(hidden.data(), 9, &largest, &total), T{1});
    EXPECT_EQ(hidden, std::vector<T>(9, T{0}));
    EXPECT_EQ(total, T{0});
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
      auto ds = dp;
      auto logits = x;
      auto whole = x;
      kernel.softmax_from_log_sum(p.data(), n, static_cast<T>(plain_softmax(whole)));
      kernel.softmax_backward(p.data(), ds.data(), n, T(0.25));
      const T loss = kernel.cross_entropy(logits.data(), n, n / 2, T(0.25));
      std::vector<T> all{loss};
      for (const auto* part : {&p, &ds, &logits}) all.insert(all.end(), part->begin(), part->end());
      return all;
    });
  }
}

TYPED_TEST(Kernels, UpdatesAgree) {
  SKIP_UNLESS_VECTORISED();
  using T = TypeParam;
  const AdamStep step{.learning_rate = 0.01,
                      .beta1 = 0.9,
                      .beta2 = 0.98,
                      .epsilon = 1e-8,
                      .weight_decay = 0.1,
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

TYPED_TEST(Kernels, LogisticLossAgreesAndStaysFinite) {
  using T = TypeParam;
  for (std::size_t n = 0; n <= longest; ++n) {
    auto x = draws<T>(n, 1, 10);
    if (n > 2) x[n / 2] = T{5000};
    const auto run = [&](const Table<T>& kernel) {
      auto gradient = x;
      gradient.push_back(kernel.logistic_loss(gradient.data(), n, T{-1}, T(0.5)));
      return gradient;
    };
    double loss = 0;
    for (const T value : x) {
      loss += std::max(static_cast<double>(value), 0.0) + std::log1p(std::exp(-std::abs(static_cast<double>(value))));
    }
    const auto portable = run(table<T>(InstructionSet::portable));
    EXPECT_NEAR(portable.back(), loss, test::precision<T> * (1 + loss));
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(portable[i], 0.5 / (1 + std::exp(-static_cast<double>(x[i]))), test::precision<T>);
    }
    this->compare(run);
  }
}

TYPED_TEST(Kernels, SumsAreExactOnSmallIntegers) {
  using T = TypeParam;
  constexpr std::size_t rows = 5;
  for (const Table<T>* kernel : this->tables()) {
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
      auto scaled = y;
      kernel->add_scaled(scaled.data(), T{3}, x.data(), x.size());
      kernel->multiply(scaled.data(), T{2}, x.size());
      std::vector<T> products(x.size());
      kernel->product(x.data(), y.data(), products.data(), x.size());
      T inner = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        inner += x[i] * y[i];
        EXPECT_EQ(products[i], x[i] * y[i]);
        EXPECT_EQ(scaled[i], 2 * (y[i] + 3 * x[i]));
      }
      EXPECT_EQ(kernel->dot(x.data(), y.data(), x.size()), inner);
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
  for (const Table<T>* kernel : this->tables()) {
    std::vector<T> x{-5000, 5000, 5000, -5000, 0};
    T largest = -std::numeric_limits<T>::infinity();
    T total = 0;
    kernel->softmax_tile(x.data(), x.size(), &largest, &total);
    EXPECT_EQ(x, (std::vector<T>{0, 1, 1, 0, 0}));
    EXPECT_EQ(largest, 5000);
    EXPECT_EQ(total, 2);
  }
}

TEST(BestKernels, AreThoseOfAnInstructionSetOfThisBuild) {
  EXPECT_EQ(&best<float>(), &table<float>(best_instruction_set()));
  EXPECT_EQ(instruction_sets().front(), InstructionSet::portable);
  EXPECT_EQ(instruction_sets().back(), best_instruction_set());
}

}  // namespace
}  // namespace infodiet::engine::kernels
