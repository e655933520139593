#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

ProgramRun find(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"find", "--db", TrainedWorld::get().path()});
  return infodiet(arguments);
}

TEST(FindCommand, FindsItemsByWordsAndPeopleByTheBeginningOfTheirIds) {
  const json people = json::parse(find({"reader-1", "--json", "-k", "1000"}).out);
  ASSERT_GE(people["users"].size(), 2U);
  EXPECT_EQ(people["users"][0], "reader-1");
  for (const json& user : people["users"]) EXPECT_TRUE(user.get<std::string>().starts_with("reader-1"));
  const ProgramRun words = find({"part", "2", "--json"});
  ASSERT_EQ(words.exit_code, 0) << words.err;
  const json items = json::parse(words.out);
  ASSERT_FALSE(items["items"].empty());
  for (const json& item : items["items"]) EXPECT_THAT(item["title"], HasSubstr("part 2"));
  EXPECT_EQ(json::parse(find({"part 2", "--json"}).out), items) << "in one word or two";
  EXPECT_THAT(find({"part", "2"}).out, HasSubstr(items["items"][0]["title"].get<std::string>().substr(0, 20)));
}

TEST(FindCommand, SaysSoWhereNothingIsFoundOrThereIsMore) {
  const ProgramRun nothing = find({"no-such-word"});
  EXPECT_EQ(nothing.exit_code, 0);
  EXPECT_THAT(nothing.out, HasSubstr("no title has the words 'no-such-word'"));
  const ProgramRun more = find({"reader", "-k", "2"});
  EXPECT_THAT(more.err, HasSubstr("more than 2"));
  EXPECT_EQ(find({}).exit_code, 2);
  EXPECT_EQ(find({""}).exit_code, 2);
  EXPECT_LT(find({std::string(10000, 'x')}).out.size(), 300U);
}

}  // namespace
}  // namespace infodiet::test
