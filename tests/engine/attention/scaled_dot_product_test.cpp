// The attention core of one head: masks, rows that may attend to nothing, streaming over long rows, gradients.
#include "engine/attention/attend.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/attention/dot_product.hpp"

#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::close;
using test::precision;

template <class T>
struct Head {
  Matrix<T> q, k, v, dout;
  Mask mask = Mask::none;
  double rate = 0;
  Weighting weighting = Weighting::softmax;
  Matrix<std::uint8_t> keep_storage{};
  MatrixSpan<const std::uint8_t> keep = {};
  Matrix<T> out{}, dq{}, dk{}, dv{}, weights{};

  void run() {
    ParameterLayout layout;
    const Dropout dropout(layout, rate);
    out.resize({q.shape(0), v.shape(1)});
    dq.resize(q.shape());
    dk.resize(k.shape());
    dv.resize(v.shape());
    weights.resize({q.shape(0), k.shape(0)});
    for (Matrix<T>* gradient : {&dq, &dk, &dv}) std::fill(gradient->begin(), gradient->end(), T{0});
    const DotProduct<T> score(q, k, static_cast<T>(1 / std::sqrt(static_cast<double>(q.shape(1)))), dq, dk);
    const ScoreTerm<T>* term = &score;
    const Attention<T> attention{.terms = {&term, 1},
                                 .value = v,
                                 .mask = mask,
                                 .keep = keep,
                                 .weighting = weighting,
                                 .dropout = &dropout,
                                 .pass = {.mode = Mode::train, .seed = 8, .step = 2}};
    Buffer<T> sums(q.shape(0));
    Workspace<T> workspace;
    attend<T>(attention, out, {sums.data()}, workspace);
    attend_backward<T>(attention, out, dout, {sums.data()}, dv, workspace);
    attention_weights<T>(attention, {sums.data()}, weights, workspace);
  }
};

template <class T>
class ScaledDotProduct : public testing::Test {};
TYPED_TEST_SUITE(ScaledDotProduct, test::Reals);

TYPED_TEST(ScaledDotProduct, WithoutKeysGivesZeros) {
  using T = TypeParam;
  Head<T> head{.q = test::random_matrix<T>(3, 4, 1),
               .k = test::random_matrix<T>(0, 4, 2),
               .v = test::random_matrix<T>(0, 5, 3),
               .dout = test::random_matrix<T>(3, 5, 4)};
  head.out = test::random_matrix<T>(3, 5, 5);
  head.run();
  for (const T value : head.out) EXPECT_EQ(value, T{0});
  for (const T value : head.dq) EXPECT_EQ(value, T{0});
}

/// A mask that keeps about two of three pairs; row 1 keeps nothing.
Matrix<std::uint8_t> random_keep(std::size_t queries, std::size_t keys) {
  RandomStream stream(12, Purpose::test);
  Matrix<std::uint8_t> keep;
  keep.resize({queries, keys});
  for (std::size_t i = 0; i < queries; ++i) {
    for (std::size_t j = 0; j < keys; ++j) keep(i, j) = i != 1 && stream.below(3) > 0 ? 1 : 0;
  }
  return keep;
}

// Every combination, in lengths around the sizes of tiles of queries (64) and keys (512).
TEST(ScaledDotProductGradient, MatchesDifferences) {
  for (const Weighting weighting : {Weighting::softmax, Weighting::pointwise_silu}) {
    for (const Mask mask : {Mask::none, Mask::causal}) {
      for (const double rate : {0.0, 0.3}) {
        for (const bool masked : {false, true}) {
          for (const std::size_t length : {1, 7, 65, 600}) {
            SCOPED_TRACE(testing::Message()
                         << "length " << length << ", dropout " << rate << ", causal " << (mask == Mask::causal)
                         << ", softmax " << (weighting == Weighting::softmax) << ", masked " << masked);
            const std::size_t keys = mask == Mask::causal ? length : length + 3;
            Head<double> head{.q = test::random_matrix<double>(length, 6, 1),
                              .k = test::random_matrix<double>(keys, 6, 2),
                              .v = test::random_matrix<double>(keys, 5, 3),
                              .dout = test::random_matrix<double>(length, 5, 4),
                              .mask = mask,
                              .rate = rate,
                              .weighting = weighting};
            head.keep_storage = random_keep(length, keys);
            if (masked) head.keep = head.keep_storage;
            head.run();
            const Head<double> at = head;
            EXPECT_TRUE(test::gradients_match({{"q", test::flat(head.q), test::flat(at.dq)},
                                               {"k", test::flat(head.k), test::flat(at.dk)},
                                               {"v", test::flat(head.v), test::flat(at.dv)}},
                                              [&] {
                                                head.run();
                                                return test::inner_product(head.out, head.dout);
                                              },
                                              {.probes = length < 300 ? std::size_t{6} : std::size_t{2}}));
          }
        }
      }
    }
  }
}

TYPED_TEST(ScaledDotProduct, RowsThatMayAttendToNothingGiveZeros) {
  using T = TypeParam;
  for (const Weighting weighting : {Weighting::softmax, Weighting::pointwise_silu}) {
    Head<T> head{.q = test::random_matrix<T>(5, 4, 1),
                 .k = test::random_matrix<T>(600, 4, 2),
                 .v = test::random_matrix<T>(600, 3, 3),
                 .dout = test::random_matrix<T>(5, 3, 4),
                 .weighting = weighting};
    head.keep_storage = random_keep(5, 600);
    head.keep = head.keep_storage;
    head.run();
    for (std::size_t d = 0; d < 3; ++d) EXPECT_EQ(head.out(1, d), T{0});
    for (std::size_t d = 0; d < 4; ++d) EXPECT_EQ(head.dq(1, d), T{0});
    for (std::size_t j = 0; j < 600; ++j) EXPECT_EQ(head.weights(1, j), T{0});
    for (const Matrix<T>* m : {&head.out, &head.dq, &head.dk, &head.dv, &head.weights}) {
      for (const T value : *m) EXPECT_TRUE(std::isfinite(value));
    }
  }
}

// Masked keys have the same effect as absent ones.
TYPED_TEST(ScaledDotProduct, MaskedKeysDoNotExist) {
  using T = TypeParam;
  const std::size_t keys = 700;
  Head<T> head{.q = test::random_matrix<T>(70, 4, 1),
               .k = test::random_matrix<T>(keys, 4, 2),
               .v = test::random_matrix<T>(keys, 3, 3),
               .dout = test::random_matrix<T>(70, 3, 4)};
  head.keep_storage.resize({1, keys});
  Head<T> without = head;
  std::vector<std::size_t> kept;
  for (std::size_t j = 0; j < keys; ++j) {
    head.keep_storage(0, j) = j % 3 == 0 || j > 650 ? 0 : 1;
    if (head.keep_storage(0, j) == 1) kept.push_back(j);
  }
  head.keep = {head.keep_storage.data(), 1, keys, 0};
  without.k.resize({kept.size(), 4});
  without.v.resize({kept.size(), 3});
  for (std::size_t j = 0; j < kept.size(); ++j) {
    for (std::size_t d = 0; d < 4; ++d) without.k(j, d) = head.k(kept[j], d);
    for (std::size_t d = 0; d < 3; ++d) without.v(j, d) = head.v(kept[j], d);
  }
  head.run();
  without.run();
  EXPECT_TRUE(close(head.out, without.out, precision<T>));
  EXPECT_TRUE(close(head.dq, without.dq, precision<T>));
  for (std::size_t j = 0; j < kept.size(); ++j) {
    for (std::size_t i = 0; i < 70; ++i) {
      EXPECT_NEAR(head.weights(i, kept[j]), without.weights(i, j), precision<T>);
    }
  }
}

/// The direct form, all scores at once: out, dq, dk, dv of softmax(q k^T / sqrt(d)) v.
struct Direct {
  explicit Direct(const Head<double>& head) {
    const std::size_t n = head.q.shape(0);
    const std::size_t m = head.k.shape(0);
    const std::size_t d = head.q.shape(1);
    const std::size_t e = head.v.shape(1);
    const double scale = 1 / std::sqrt(static_cast<double>(d));
    out.resize({n, e});
    dq.resize({n, d});
    dk.resize({m, d});
    dv.resize({m, e});
    for (Matrix<double>* matrix : {&out, &dq, &dk, &dv}) std::fill(matrix->begin(), matrix->end(), 0.0);
    std::vector<double> p(m);
    std::vector<double> dp(m);
    // Rows as pointers: sanitizers make elements of matrices slow.
    const auto row = [](auto& matrix, std::size_t i) { return matrix.data() + i * matrix.shape(1); };
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t keys = head.mask == Mask::causal ? i + 1 : m;
      const double* const q = row(head.q, i);
      const double* const dout = row(head.dout, i);
      double largest = -1e300;
      for (std::size_t j = 0; j < keys; ++j) {
        p[j] = scale * std::inner_product(q, q + d, row(head.k, j), 0.0);
        largest = std::max(largest, p[j]);
      }
      double total = 0;
      for (std::size_t j = 0; j < keys; ++j) total += p[j] = std::exp(p[j] - largest);
      double inner = 0;
      for (std::size_t j = 0; j < keys; ++j) {
        p[j] /= total;
        add_scaled(row(head.v, j), e, p[j], row(out, i));
        add_scaled(dout, e, p[j], row(dv, j));
        dp[j] = std::inner_product(dout, dout + e, row(head.v, j), 0.0);
        inner += p[j] * dp[j];
      }
      for (std::size_t j = 0; j < keys; ++j) {
        const double ds = scale * p[j] * (dp[j] - inner);
        add_scaled(row(head.k, j), d, ds, row(dq, i));
        add_scaled(q, d, ds, row(dk, j));
      }
    }
  }

  static void add_scaled(const double* x, std::size_t n, double factor, double* sum) {
    for (std::size_t c = 0; c < n; ++c) sum[c] += factor * x[c];
  }

  Matrix<double> out, dq, dk, dv;
};

template <class T>
Head<T> as(const Head<double>& from) {
  Head<T> to{.q = {}, .k = {}, .v = {}, .dout = {}, .mask = from.mask};
  const auto convert = [](const Matrix<double>& source, Matrix<T>& target) {
    target.resize(source.shape());
    std::transform(source.begin(), source.end(), target.begin(), [](double value) { return static_cast<T>(value); });
  };
  convert(from.q, to.q);
  convert(from.k, to.k);
  convert(from.v, to.v);
  convert(from.dout, to.dout);
  return to;
}

TYPED_TEST(ScaledDotProduct, StreamingEqualsTheDirectForm) {
  using T = TypeParam;
  for (const Mask mask : {Mask::none, Mask::causal}) {
    for (const std::size_t length : {513, 1700}) {
      SCOPED_TRACE(testing::Message() << "length " << length << ", causal " << (mask == Mask::causal));
      // The scale of the queries makes the largest score of a row change from tile to tile.
      const Head<double> exact{.q = test::random_matrix<double>(length, 8, 1, 4),
                               .k = test::random_matrix<double>(length, 8, 2),
                               .v = test::random_matrix<double>(length, 6, 3),
                               .dout = test::random_matrix<double>(length, 6, 4),
                               .mask = mask};
      Head<T> head = as<T>(exact);
      head.run();
      const Direct direct(exact);
      EXPECT_TRUE(close(head.out, direct.out, 2 * precision<T>));
      EXPECT_TRUE(close(head.dq, direct.dq, 10 * precision<T>));
      EXPECT_TRUE(close(head.dk, direct.dk, 10 * precision<T>));
      EXPECT_TRUE(close(head.dv, direct.dv, 10 * precision<T>));
    }
  }
}

}  // namespace
}  // namespace infodiet::engine
