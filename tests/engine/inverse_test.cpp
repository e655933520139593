#include "engine/inverse.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {
namespace {

// R R' + I of random numbers, over 64 rows so that the mirrored tiles meet.
Matrix<double> positive_definite(std::size_t n) {
  RandomStream random(1, Purpose::test);
  Matrix<double> root;
  root.resize({n, n});
  for (double& value : root) value = random.uniform() - 0.5;
  Matrix<double> product;
  product.resize({n, n});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      product(i, j) = i == j ? 1 : 0;
      for (std::size_t k = 0; k < n; ++k) product(i, j) += root(i, k) * root(j, k);
    }
  }
  return product;
}

TEST(InvertSymmetric, GivesTheInverse) {
  for (const std::size_t n : {1U, 2U, 63U, 130U}) {
    const Matrix<double> matrix = positive_definite(n);
    Matrix<double> inverse = matrix;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) inverse(i, j) = std::nan("");  // the lower triangle is not read
    }
    invert_symmetric(inverse);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < n; ++k) sum += matrix(i, k) * inverse(k, j);
        ASSERT_NEAR(sum, i == j ? 1 : 0, 1e-10) << n << ": " << i << ", " << j;
        ASSERT_EQ(inverse(i, j), inverse(j, i));
      }
    }
  }
}

TEST(InvertSymmetric, RefusesWhatHasNone) {
  Matrix<double> matrix;
  matrix.resize({2, 3});
  EXPECT_THROW(invert_symmetric(matrix), ShapeError);
  matrix.resize({2, 2});
  matrix(0, 0) = matrix(1, 1) = 1;
  matrix(0, 1) = matrix(1, 0) = 2;
  EXPECT_THROW(invert_symmetric(matrix), Error);
  matrix.resize({0, 0});
  invert_symmetric(matrix);
}

}  // namespace
}  // namespace infodiet::engine
