#include "recsys/store/lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace infodiet::recsys {
namespace {

using testing::HasSubstr;

std::string said(const std::string& typed) {
  const std::vector<std::string> names = {"Comedy",
                                          "Lamps",
                                          "appliances.kitchen.kettle",
                                          "appliances.kitchen.oven",
                                          "electronics.audio",
                                          "electronics.clocks",
                                          "electronics.tv"};
  return unknown_topic("--only-topics", typed, "shop.db", names).what();
}

TEST(UnknownTopic, NamesThoseThatHoldAPartOfAPath) {
  EXPECT_THAT(said("kettle"), HasSubstr("did you mean 'appliances.kitchen.kettle'?"));
  EXPECT_THAT(said("Kitchen"), HasSubstr("'appliances.kitchen.kettle' or 'appliances.kitchen.oven'?"));
  EXPECT_THAT(said("home.Audio"), HasSubstr("did you mean 'electronics.audio'?"));
  EXPECT_THAT(said("electronics"), HasSubstr("'electronics.tv'?"));
}

TEST(UnknownTopic, NamesTheLastStepOfAPathThatWasSplit) {
  EXPECT_THAT(said("Home > Light > Lamps"), HasSubstr("did you mean 'Lamps'?"));
}

TEST(UnknownTopic, HelpsWithWhatIsNoPath) {
  EXPECT_THAT(said("comedy"), HasSubstr("did you mean 'Comedy'?"));
  EXPECT_THAT(said("nonsense"), HasSubstr("ids are those they were imported with"));
  EXPECT_THAT(said(""), HasSubstr("there is no topic ''"));
  EXPECT_THAT(said(" > > "), HasSubstr("there is no topic"));
}

}  // namespace
}  // namespace infodiet::recsys
