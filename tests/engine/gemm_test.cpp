#include "engine/gemm.hpp"

#include <gtest/gtest.h>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {
namespace {

template <class T>
Matrix<T> small_integers(std::size_t rows, std::size_t cols, std::uint32_t index) {
  RandomStream stream(11, Purpose::test, 0, index);
  Matrix<T> m;
  m.resize({rows, cols});
  for (T& value : m) value = static_cast<T>(static_cast<double>(stream.below(9)) - 4);
  return m;
}

template <class T>
class Gemm : public testing::Test {};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(Gemm, Reals);

struct Sizes {
  std::size_t m, k, n;
};

// Small integers are exact in floating point, so the product must be exact whatever the order of its sums. At the
// larger sizes a product may be split or a factor transposed first.
TYPED_TEST(Gemm, IsExactOnSmallIntegersInEveryOrientation) {
  using T = TypeParam;
  for (const auto& [m, k, n] : {Sizes{5, 7, 3}, Sizes{700, 50, 150}, Sizes{50, 1100, 66}, Sizes{49, 30, 21}}) {
    for (const Transpose ta : {Transpose::no, Transpose::yes}) {
      for (const Transpose tb : {Transpose::no, Transpose::yes}) {
        SCOPED_TRACE(testing::Message() << m << ", " << k << ", " << n << ": " << (ta == Transpose::yes)
                                        << (tb == Transpose::yes));
        const bool at = ta == Transpose::yes;
        const bool bt = tb == Transpose::yes;
        const Matrix<T> a = small_integers<T>(at ? k : m, at ? m : k, 1);
        const Matrix<T> b = small_integers<T>(bt ? n : k, bt ? k : n, 2);
        const Matrix<T> before = small_integers<T>(m, n, 3);
        Matrix<T> expected;
        expected.resize({m, n});
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            T sum = 0;
            for (std::size_t l = 0; l < k; ++l) sum += (at ? a(l, i) : a(i, l)) * (bt ? b(j, l) : b(l, j));
            expected(i, j) = 2 * sum + 3 * before(i, j);
          }
        }
        Matrix<T> out = before;
        gemm<T>({a, ta}, {b, tb}, out, {.alpha = 2, .beta = 3});
        EXPECT_EQ(out, expected);
      }
    }
  }
}

TYPED_TEST(Gemm, AddsNothingWhereTheInnerSizeIsZero) {
  using T = TypeParam;
  const Matrix<T> a = small_integers<T>(2, 0, 1);
  const Matrix<T> b = small_integers<T>(0, 3, 2);
  Matrix<T> out = small_integers<T>(2, 3, 3);
  const Matrix<T> before = out;
  gemm<T>(plain<T>(a), plain<T>(b), out, {.alpha = 1, .beta = 2});
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out.data()[i], 2 * before.data()[i]);
  gemm<T>(plain<T>(a), plain<T>(b), out);
  for (const T value : out) EXPECT_EQ(value, T{0});
}

TYPED_TEST(Gemm, NamesTheShapesThatDoNotFit) {
  using T = TypeParam;
  const Matrix<T> a = small_integers<T>(2, 3, 1);
  Matrix<T> out = small_integers<T>(2, 2, 2);
  try {
    gemm<T>(plain<T>(a), plain<T>(a), out);
    FAIL() << "nothing was thrown";
  } catch (const ShapeError& error) {
    EXPECT_NE(std::string(error.what()).find("(2, 3) times (2, 3) into (2, 2)"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace infodiet::engine
