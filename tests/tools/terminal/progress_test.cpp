#include "tools/terminal/progress.hpp"

#include <gtest/gtest.h>

#include "tools/terminal/text.hpp"

namespace infodiet::tools {
namespace {

TEST(ProgressLine, ShowsShareRateAndTimeLeft) {
  EXPECT_EQ(progress_line({.label = "import", .done = 250, .total = 1000, .seconds = 5}, 100),
            "import  [######------------------]  25 %  50/s  0:15 left");
  EXPECT_EQ(progress_line({.label = "epoch 3", .done = 7200, .total = 7200, .seconds = 7200, .extra = "loss 4.2"}, 100),
            "epoch 3  [########################] 100 %  1.0/s  loss 4.2");
  EXPECT_EQ(progress_line({.label = "x", .done = 2'500'000, .total = 27'000'000'000, .seconds = 1}, 100),
            "x  [------------------------]   0 %  2.5 M/s  2:59:59 left");
}

TEST(ProgressLine, ShortensTheBarBeforeTheFigures) {
  const ProgressState state{.label = "train", .done = 1, .total = 4, .seconds = 1, .extra = "loss 4.25"};
  EXPECT_EQ(progress_line(state, 40), "train  [#------]  25 %  1.0/s  0:03 left");
  EXPECT_EQ(progress_line(state, 28), "train  25 %  1.0/s  0:03 le…");
}

TEST(ProgressLine, DoesWithoutATotalOrABeginning) {
  EXPECT_EQ(progress_line({.label = "import", .done = 30000, .seconds = 2}, 100), "import  30000  15 k/s");
  EXPECT_EQ(progress_line({.label = "import", .total = 10}, 100), "import  [------------------------]   0 %");
}

TEST(ProgressLine, FitsTheTerminal) {
  const ProgressState state{.label = "training", .done = 1, .total = 7, .seconds = 1, .extra = "NDCG@10 0.15"};
  for (std::size_t width = 1; width < 80; ++width) EXPECT_LE(display_width(progress_line(state, width)), width);
}

}  // namespace
}  // namespace infodiet::tools
