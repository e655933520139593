#include "recsys/data/liking.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

constexpr double unrated = std::numeric_limits<double>::quiet_NaN();
using Flags = std::vector<std::uint8_t>;
using Items = std::vector<ItemIndex>;

Flags low(const char* liking, const std::vector<double>& ratings) {
  return low_by_rating(parse_liking(liking).value(), ratings);
}

TEST(Liking, IsReadAndWritten) {
  for (const char* text : {"middle", "any", "3.5", "-1", "4"}) {
    ASSERT_TRUE(parse_liking(text)) << text;
    EXPECT_EQ(format_liking(*parse_liking(text)), text);
  }
  for (const char* text : {"", "Middle", "4x", "nan", "inf", "1e999", " 4"}) EXPECT_FALSE(parse_liking(text)) << text;
}

TEST(Liking, IsFromTheMiddleOfAPersonsOwnRatingsOn) {
  EXPECT_EQ(low("middle", {5, 1, 3}), (Flags{0, 1, 0}));
  EXPECT_EQ(low("middle", {5, 4, 3, 1}), (Flags{0, 0, 1, 1})) << "the middle of four is 3.5";
  EXPECT_EQ(low("middle", {4, 4, 4}), Flags()) << "who rates everything the same likes everything";
  EXPECT_EQ(low("middle", {unrated, 2, unrated, 4, 4}), (Flags{0, 1, 0, 0, 0})) << "what has no rating is not low";
  EXPECT_EQ(low("middle", {2}), Flags());
  EXPECT_EQ(low("middle", {unrated, unrated}), Flags());
  EXPECT_EQ(low("middle", {}), Flags());
}

TEST(Liking, IsFromOneRatingOnOrOfAll) {
  EXPECT_EQ(low("3.3", {3.3, 3.2, unrated}), (Flags{0, 1, 0}));
  EXPECT_EQ(low("9", {1, 2}), (Flags{1, 1}));
  EXPECT_EQ(low("any", {1, 5}), Flags());
}

TEST(Liking, IsDecidedByTheLatestOfSeveralRatings) {
  const Items items = {2, 0, 2, 1, 0};
  const History history{items, {}};
  const Flags flags = {1, 0, 0, 1, 1};
  EXPECT_EQ(low_items(history, flags), (Items{0, 1}));
  EXPECT_EQ(low_items(history, {}), Items());
  EXPECT_EQ(never_listed(Repeats::allow, history, flags), (Items{0, 1}));
  EXPECT_EQ(never_listed(Repeats::forbid, history, flags), items);
}

TEST(LikedCases, AskForNothingThatIsLow) {
  Dataset data = test::small_dataset({{0, 1, 2, 3}, {3, 2, 1, 0}, {0, 1, 0, 1}}, 4);
  data.low = {1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
  const EvaluationSet judged = liked_cases(data, test_cases(data, {}), Repeats::forbid);
  ASSERT_EQ(judged.cases.size(), 1U);
  EXPECT_EQ(judged.cases[0].user, 1U);
  EXPECT_EQ(judged.low, 1U);
  EXPECT_EQ(judged.forbidden, 1U);
  EXPECT_EQ(judged_cases(test_cases(data, {}), Repeats::forbid).cases.size(), 2U) << "unless somebody asks for it";
}

TEST(LikedCases, KeepsWhatIsLowOfTheTrainingPart) {
  Dataset data = test::small_dataset({{0, 1, 2, 3}, {1, 2, 3}}, 4);
  data.low = {1, 0, 0, 1, 0, 1, 1};
  EXPECT_EQ(training_part(data, {}).low, (Flags{1, 0, 0}));
}

}  // namespace
}  // namespace infodiet::recsys
