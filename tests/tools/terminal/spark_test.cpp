#include "tools/terminal/spark.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tools/terminal/text.hpp"

namespace infodiet::tools {
namespace {

TEST(SparkLine, GoesFromLowestToHighest) {
  EXPECT_EQ(spark_line(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}, 40), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(spark_line(std::vector<double>{-5, 100, -5}, 40), "▁█▁");
  EXPECT_EQ(spark_line(std::vector<double>{3, 3}, 40), "▅▅");
  EXPECT_EQ(spark_line(std::vector<double>{100, 100.2, 99.9}, 40), "▅▅▅") << "almost equal is flat";
  EXPECT_EQ(spark_line({}, 40), "");
}

TEST(SparkLine, TakesNeighboursTogether) {
  EXPECT_EQ(spark_line(std::vector<double>{0, 2, 4, 4, 8, 8}, 3), "▁▄█");
  std::vector<double> many;
  for (int i = 0; i < 997; ++i) many.push_back(i);
  for (std::size_t width = 1; width < 100; ++width) EXPECT_EQ(display_width(spark_line(many, width)), width);
}

TEST(Bar, IsAsLongAsItsShare) {
  EXPECT_EQ(bar(0.5, 4), "██");
  EXPECT_EQ(bar(0.5 + 1.0 / 32, 4), "██▏");
  EXPECT_EQ(bar(1, 3), "███");
  EXPECT_EQ(bar(0, 3), "");
  EXPECT_EQ(bar(7, 3), "███");
  EXPECT_EQ(bar(-1, 3), "");
}

}  // namespace
}  // namespace infodiet::tools
