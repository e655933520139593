#include "recsys/suggest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace infodiet::recsys {
namespace {

TEST(EditDistance, CountsSingleEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("import", "import"), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("improt", "import"), 1U);  // two neighbours swapped
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);         // optimal string alignment edits no part twice
}

TEST(ClosestName, SuggestsOnlyWhatCanBeMeant) {
  const std::vector<std::string> names{"import", "info", "train", "recommend", "report"};
  EXPECT_EQ(closest_name("improt", names), "import");
  EXPECT_EQ(closest_name("trian", names), "train");
  EXPECT_EQ(closest_name("recomend", names), "recommend");
  EXPECT_EQ(closest_name("recom", names), "recommend");  // the start of one name
  EXPECT_EQ(closest_name("re", names), "");              // the start of two
  EXPECT_EQ(closest_name("banana", names), "");
  EXPECT_EQ(closest_name("", names), "");
}

TEST(Suggestion, IsTheEndOfASentence) {
  const std::vector<std::string> names{"--users"};
  EXPECT_EQ(suggestion("--user", names), "; did you mean '--users'?");
  EXPECT_EQ(suggestion("--nothing", names), "");
}

}  // namespace
}  // namespace infodiet::recsys
