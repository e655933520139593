#include "rl/environments/quadrature.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace infodiet::rl {
namespace {

double normal_moment(std::size_t power) {
  double moment = power % 2 == 0 ? 1 : 0;
  for (std::size_t k = power; k > 1; k -= 2) moment *= static_cast<double>(k - 1);
  return moment;
}

TEST(GaussHermite, IsExactForPolynomials) {
  for (const std::size_t count : {1, 2, 3, 7, 16, 31}) {
    const NormalRule rule = gauss_hermite(count);
    ASSERT_EQ(rule.nodes.size(), count);
    for (std::size_t power = 0; power < 2 * count && power < 16; ++power) {
      double mean = 0;
      for (std::size_t i = 0; i < count; ++i) {
        mean += rule.weights[i] * std::pow(rule.nodes[i], static_cast<double>(power));
      }
      EXPECT_NEAR(mean, normal_moment(power), 1e-11 * std::max(1.0, normal_moment(power + power % 2)))
          << count << " nodes, power " << power;
    }
  }
}

// The positive node of three is sqrt(3), its weight 1/6 (Abramowitz & Stegun, table 25.10, rescaled to the normal).
TEST(GaussHermite, HasThePublishedNodes) {
  const NormalRule rule = gauss_hermite(3);
  EXPECT_NEAR(rule.nodes[2], std::sqrt(3.0), 1e-14);
  EXPECT_NEAR(rule.weights[2], 1.0 / 6, 1e-14);
  EXPECT_NEAR(rule.weights[1], 2.0 / 3, 1e-14);
}

TEST(UniformGrid, IsExactForCubicsAndFlatBeyondTheEnds) {
  const UniformGrid grid(-1, 2, 10);
  const auto cubic = [](double x) { return 1 + x * (2 + x * (-3 + 4 * x)); };
  std::vector<double> values;
  for (std::size_t i = 0; i < grid.size(); ++i) values.push_back(cubic(grid.point(i)));
  for (int hundredths = -100; hundredths <= 200; ++hundredths) {
    const double x = 0.01 * hundredths;
    EXPECT_NEAR(grid.at(x).apply(values), cubic(x), 1e-12) << x;
  }
  EXPECT_NEAR(grid.at(5).apply(values), cubic(2), 1e-12);
  EXPECT_NEAR(grid.at(-5).apply(values), cubic(-1), 1e-12);
}

}  // namespace
}  // namespace infodiet::rl
