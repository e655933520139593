// The attention core of one head: golden values, gradients, and rows that may attend to nothing.
#include "engine/attention/attend.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/attention/dot_product.hpp"

#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

using test::close;
using test::golden_matrix;
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
Head<T> golden_head(const std::string& which, std::size_t slice, Mask mask) {
  Head<T> head;
  head.q = golden_matrix<T>(which, "q", slice, 2);
  head.k = golden_matrix<T>(which, "k", slice, 2);
  head.v = golden_matrix<T>(which, "v", slice, 2);
  head.dout = golden_matrix<T>(which, "dout", slice, 2);
  head.mask = mask;
  head.run();
  return head;
}

template <class T>
void expect_golden(const std::string& which, std::size_t slices, Mask mask, double tolerance) {
  for (std::size_t slice = 0; slice < slices; ++slice) {
    SCOPED_TRACE(testing::Message() << which << " slice " << slice);
    const Head<T> head = golden_head<T>(which, slice, mask);
    EXPECT_TRUE(close(head.out, golden_matrix<double>(which, "out", slice, 2), tolerance));
    EXPECT_TRUE(close(head.weights, golden_matrix<double>(which, "weights", slice, 2), tolerance));
    EXPECT_TRUE(close(head.dq, golden_matrix<double>(which, "dq", slice, 2), tolerance));
    EXPECT_TRUE(close(head.dk, golden_matrix<double>(which, "dk", slice, 2), tolerance));
    EXPECT_TRUE(close(head.dv, golden_matrix<double>(which, "dv", slice, 2), tolerance));
  }
}

template <class T>
class ScaledDotProduct : public testing::Test {};
TYPED_TEST_SUITE(ScaledDotProduct, test::Reals);

TYPED_TEST(ScaledDotProduct, MatchesTheGoldenValues) {
  expect_golden<TypeParam>("sdpa", 4, Mask::none, precision<TypeParam>);
  expect_golden<TypeParam>("sdpa_causal", 4, Mask::causal, precision<TypeParam>);
}

TYPED_TEST(ScaledDotProduct, StaysFiniteWithScoresInTheThousands) {
  expect_golden<TypeParam>("sdpa_extreme", 1, Mask::none, precision<TypeParam>);
}

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

TEST(ScaledDotProductGradient, MatchesDifferences) {
  for (const Mask mask : {Mask::none, Mask::causal}) {
    for (const double rate : {0.0, 0.3}) {
      for (const std::size_t length : {1, 7, 64, 65, 200}) {
        SCOPED_TRACE(testing::Message() << "length " << length << ", dropout " << rate << ", causal "
                                        << (mask == Mask::causal));
        const std::size_t keys = mask == Mask::causal ? length : length + 3;
        Head<double> head{.q = test::random_matrix<double>(length, 6, 1),
                          .k = test::random_matrix<double>(keys, 6, 2),
                          .v = test::random_matrix<double>(keys, 5, 3),
                          .dout = test::random_matrix<double>(length, 5, 4),
                          .mask = mask,
                          .rate = rate};
        head.run();
        const Head<double> at = head;
        EXPECT_TRUE(test::gradients_match({{"q", test::flat(head.q), test::flat(at.dq)},
                                           {"k", test::flat(head.k), test::flat(at.dk)},
                                           {"v", test::flat(head.v), test::flat(at.dv)}},
                                          [&] {
                                            head.run();
                                            return test::inner_product(head.out, head.dout);
                                          }));
      }
    }
  }
}

}  // namespace
}  // namespace infodiet::engine
