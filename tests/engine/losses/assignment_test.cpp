#include "engine/losses/assignment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "engine/errors.hpp"
#include "engine/reference/reference.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

double total(const Matrix<double>& cost, const std::vector<std::size_t>& columns) {
  double sum = 0;
  for (std::size_t row = 0; row < columns.size(); ++row) sum += cost(row, columns[row]);
  return sum;
}

TEST(Assignment, AgreesWithValuesFromOutside) {
  const auto cost = test::golden_matrix<double>("assignment", "cost");
  const auto columns = assign(cost);
  const auto expected = test::golden_matrix<double>("assignment", "column");
  for (std::size_t row = 0; row < columns.size(); ++row) {
    EXPECT_EQ(static_cast<double>(columns[row]), expected.data()[row]) << row;
  }
  EXPECT_NEAR(total(cost, columns), test::golden_matrix<double>("assignment", "total").data()[0], 1e-12);
}

TEST(Assignment, IsTheBestOfAll) {
  std::uint32_t index = 0;
  for (const std::size_t rows : {1, 3, 5, 6}) {
    for (std::size_t columns = rows; columns <= 7; ++columns) {
      const auto cost = test::random_matrix<double>(rows, columns, ++index);
      reference::Matrix plain = reference::Matrix::from_shape({rows, columns});
      std::copy(cost.begin(), cost.end(), plain.begin());
      EXPECT_EQ(assign(cost), reference::assignment(plain)) << rows << " x " << columns;
    }
  }
}

TEST(Assignment, GivesTiesSomeColumnEach) {
  Matrix<double> cost;
  cost.resize({4, 6});
  cost.fill(2);
  auto columns = assign(cost);
  std::sort(columns.begin(), columns.end());
  EXPECT_EQ(std::unique(columns.begin(), columns.end()), columns.end());
  EXPECT_TRUE(assign(Matrix<double>::from_shape({0, 3})).empty());
}

TEST(Assignment, NamesWhatCannotBe) {
  EXPECT_THROW(assign(test::random_matrix<double>(3, 2, 1)), ShapeError);
  auto cost = test::random_matrix<double>(2, 2, 1);
  cost(1, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(assign(cost), Error);
}

}  // namespace
}  // namespace infodiet::engine
