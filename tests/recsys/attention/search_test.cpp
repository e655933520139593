#include "recsys/attention/search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "recsys/errors.hpp"
#include "recsys/settings.hpp"

namespace infodiet::recsys {
namespace {

using Strings = std::vector<std::string>;

TEST(Search, DrawsWhatTrainingTakes) {
  const auto draws = draw_settings(300, {}, 7);
  ASSERT_EQ(draws.size(), 300U);
  EXPECT_TRUE(draws.front().empty()) << "the settings as they are";
  for (const Strings& draw : draws) {
    TrainingSpec settings;
    apply_settings(draw, settings);
    EXPECT_EQ(settings.config.width % settings.config.heads, 0U);
    EXPECT_EQ(draw.size(), &draw == &draws.front() ? 0 : search_ranges().size());
  }
  EXPECT_NE(draws[1], draws[2]);
  EXPECT_NE(draw_settings(3, {}, 8)[1], draws[1]);
}

TEST(Search, DrawsTheSameWhateverTheirNumber) {
  const auto few = draw_settings(3, {}, 7);
  const auto many = draw_settings(9, {}, 7);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

TEST(Search, LeavesAloneWhatIsFixed) {
  const Strings fixed{"rate=0.01", "width=16"};
  const auto draws = draw_settings(3, fixed, 7);
  Strings expected;
  const auto all = draw_settings(3, {}, 7);
  for (const std::string& drawn : all[2]) {
    if (!drawn.starts_with("learning_rate=") && !drawn.starts_with("width=")) expected.push_back(drawn);
  }
  EXPECT_EQ(draws[2], expected);
  EXPECT_THROW(draw_settings(3, Strings{"depth=1"}, 7), SettingError);
}

TEST(Search, GivesAThirdThreeTimesTheEpochs) {
  using Epochs = std::vector<std::size_t>;
  EXPECT_EQ(epochs_of_rungs(9, 40), (Epochs{4, 13, 40}));
  EXPECT_EQ(epochs_of_rungs(10, 40), (Epochs{1, 4, 13, 40}));
  EXPECT_EQ(epochs_of_rungs(1, 40), Epochs{40});
  EXPECT_EQ(epochs_of_rungs(1000, 4), (Epochs{1, 4})) << "no rung of no epoch";
  EXPECT_EQ(surviving(9), 3U);
  EXPECT_EQ(surviving(4), 2U);
  EXPECT_EQ(surviving(1), 1U);
}

TEST(Search, ComparesTheBestSoFar) {
  const std::vector<double> course{0.1, 0.4, 0.2, 0.5};
  EXPECT_EQ(best_figure(course), 0.5);
  EXPECT_EQ(best_figure(course, 3), 0.4);
  EXPECT_EQ(best_figure({}, 3), 0);
  const std::vector<double> figures{0.2, 0.5, 0.5, 0.1};
  EXPECT_EQ(best_of(figures, 3), (std::vector<std::size_t>{1, 2, 0}));
}

TEST(Search, SaysHowFarTrialsLieApart) {
  const std::vector<double> figures{1, 2, 6};
  const Spread spread = spread_of(figures);
  EXPECT_EQ(spread.trials, 3U);
  EXPECT_DOUBLE_EQ(spread.mean, 3);
  EXPECT_DOUBLE_EQ(spread.deviation, std::sqrt(7));
  EXPECT_EQ(spread.maximum, 6);
  EXPECT_EQ(spread_of(std::span(figures).first(1)).deviation, 0);
  EXPECT_THROW(spread_of({}), DataError);
}

}  // namespace
}  // namespace infodiet::recsys
