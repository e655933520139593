#include "tools/simulate/sweep.hpp"

#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "tools/cli/errors.hpp"

namespace infodiet::tools {
namespace {

SweepPoint point(const std::string& policy, double engagement, double diversity, double error = 0) {
  SweepPoint made{.policy = policy, .setting = 0, .result = {}};
  for (const rl::DietMetric& metric : rl::diet_metrics()) {
    std::optional<rl::DietRecorder::Summary> summary;
    if (metric.name == "terms.engagement") summary = {{engagement, 0}, 1};
    if (metric.name == "terms.diversity") summary = {{diversity, error}, 1};
    made.result.diet.push_back(summary);
  }
  return made;
}

TEST(Sweep, ReadsTermAndWeights) {
  const Sweep sweep = parse_sweep("diversity=0:1:0.1");
  EXPECT_EQ(sweep.term, "diversity");
  ASSERT_EQ(sweep.weights.size(), 11U) << "both ends, in spite of rounding";
  EXPECT_NEAR(sweep.weights[10], 1, 1e-12);
  EXPECT_EQ(parse_sweep("quality=-1:1:2").weights, (std::vector<double>{-1, 1}));
  for (const char* bad : {"diversity=0:1", "diversity", "diversity=0:1:0", "diversity=0:1:-1", "diversity=1:1:0.1",
                          "diversity=0:x:1", "diversity=0:1:1e-9", ":0=1:2"}) {
    EXPECT_THROW(parse_sweep(bad), UsageError) << bad;
  }
  EXPECT_THROW(parse_sweep("joy=0:1:1"), recsys::SettingError);
  EXPECT_EQ(with_weight({.engagement = 1, .quality = 2}, "quality", 3).quality, 3);
}

TEST(Sweep, FallsOnlyBeyondTwoStandardErrors) {
  std::vector<SweepPoint> points{point("agent", 9, 1, 0.1), point("mmr", 9, 0), point("agent", 8, 0.8, 0.1)};
  EXPECT_TRUE(never_falls(points, "agent", "diversity"));
  points.push_back(point("agent", 7, 0.4, 0.1));
  EXPECT_FALSE(never_falls(points, "agent", "diversity"));
}

TEST(Sweep, MeasuresAboveAFrontierAtEqualEngagement) {
  const std::vector<SweepPoint> points{point("mmr", 10, 0), point("mmr", 8, 4), point("mmr", 7, 1)};
  EXPECT_NEAR(above_frontier(point("agent", 9, 3), points, "mmr", "diversity").value(), 1, 1e-12);
  EXPECT_NEAR(above_frontier(point("agent", 7.5, 3), points, "mmr", "diversity").value(), -1, 1e-12)
      << "the point at 7 is beaten by that at 8 in both";
  EXPECT_FALSE(above_frontier(point("agent", 11, 0), points, "mmr", "diversity"));
  EXPECT_FALSE(above_frontier(point("agent", 9, 3), points, "calibrated", "diversity"));
}

}  // namespace
}  // namespace infodiet::tools
