#include "rl/answers/find.hpp"

#include <gtest/gtest.h>

#include "recsys/store/entries.hpp"
#include "tests/rl/answers/answered_world.hpp"

namespace infodiet::rl {
namespace {

using test::AnsweredWorld;

class Finding : public testing::Test {
 protected:
  std::vector<std::string> items(std::string_view words, std::size_t most = 5) const {
    std::vector<std::string> keys;
    for (const recsys::ItemIndex item : find(view_, words, most).items) keys.push_back(view_.items()[item].key);
    return keys;
  }
  std::vector<std::string> users(std::string_view words, std::size_t most = 5) const {
    std::vector<std::string> keys;
    for (const std::size_t user : find(view_, words, most).users) keys.push_back(view_.users()[user].key);
    return keys;
  }

 private:
  struct World : AnsweredWorld {
    World() {
      recsys::put_item_entry(file, "i3", {.title = "Ärger über Straßen"});
      recsys::put_item_entry(file, "i4", {.title = "ЧАЙКА, the seagull"});
      recsys::put_item_entry(file, "i5", {.title = "Seagull and tea"});
      recsys::put_item_entry(file, "i6", {.title = "A seagull that is hidden", .hidden = true});
      recsys::put_item_entry(file, "i7", {.title = "Unseagullible"});
    }
  } world_;
  recsys::Database db_{world_.path, recsys::OpenMode::read_only};
  View view_{db_};
};

using Keys = std::vector<std::string>;

TEST_F(Finding, HoldsEveryWordWhateverTheCase) {
  EXPECT_EQ(items("SEAGULL tea"), Keys{"i5"});
  EXPECT_EQ(items("ÄRGER straß"), Keys{"i3"});
  EXPECT_EQ(items("чайка"), Keys{"i4"});
  EXPECT_EQ(items("I29"), Keys{"i29"});
  EXPECT_EQ(items("seagull of nobody"), Keys{});
  EXPECT_EQ(items(""), Keys{});
  EXPECT_EQ(items("   "), Keys{});
}

TEST_F(Finding, PutsBeginningsOfWordsFirstAndNeverWhatIsHidden) {
  const Keys found = items("seagull");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found.back(), "i7");
  EXPECT_EQ(items("title", 4).size(), 4U);
}

TEST_F(Finding, PeopleByAPartOfTheirIdShortestFirst) {
  EXPECT_EQ(users("U1", 3), (Keys{"u1", "u10", "u11"}));
  EXPECT_EQ(users("ew"), Keys{"new"});
  EXPECT_EQ(users("nobody"), Keys{});
}

}  // namespace
}  // namespace infodiet::rl
