#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// Five people over two topics; "even" consumes both alike, "one" consumes politics only.
std::string small_world(const TemporaryFolder& folder) {
  folder.write("items.csv",
               "item,title,topics,quality,clickbait,minutes\n"
               "p1,P one,politics,-0.5,0.9,3\np2,P two,politics,-0.5,0.7,3\n"
               "s1,S one,science,0.5,0.1,5\ns2,S two,science,0.7,0.3,5\n");
  folder.write("taken.csv",
               "user,item,time\n"
               "even,p1,1\neven,s1,2\none,p1,1\none,p2,2\nc,s1,1\nc,s2,2\nd,s2,1\nd,p1,2\ne,p2,1\ne,s1,2\n");
  const std::string path = folder.file("small.db");
  const ProgramRun run = infodiet({"import", "--db", path, folder.file("taken.csv"), folder.file("items.csv")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return path;
}

TEST(DietCommand, LabelsAPerson) {
  const TemporaryFolder folder;
  const std::string path = small_world(folder);
  const ProgramRun even = infodiet({"diet", "--db", path, "--user", "even", "--json"});
  ASSERT_EQ(even.exit_code, 0) << even.err;
  const json result = json::parse(even.out);
  EXPECT_EQ(result["items"], 2);
  EXPECT_NEAR(result["effective_topics"], 2, 1e-12);
  EXPECT_NEAR(result["majority_share"], 0.5, 1e-12);
  EXPECT_NEAR(result["nutrition"], 0, 1e-12);
  EXPECT_NEAR(result["sugar"], 0.5, 1e-12);
  EXPECT_EQ(result["minutes"], 8);
  EXPECT_TRUE(result["bubble_index"].is_null()) << "too few items for a slope";
  EXPECT_NEAR(result["topics"]["politics"], 0.5, 1e-12);
  EXPECT_EQ(result["advice"].size(), 2U);

  const json one = json::parse(infodiet({"diet", "--db", path, "--user", "one", "--json"}).out);
  EXPECT_NEAR(one["effective_topics"], 1, 1e-12);
  EXPECT_EQ(one["grades"]["nutrition"]["grade"], "E");
  EXPECT_NEAR(one["grades"]["sugar"]["better_than"], 0.1, 1e-12) << "worst of five, itself counted half";

  const ProgramRun label = infodiet({"diet", "--db", path, "--user", "one"});
  EXPECT_EQ(label.exit_code, 0);
  EXPECT_THAT(label.out, testing::ContainsRegex("politics +100 %  █"));
  EXPECT_THAT(label.out, HasSubstr("nutrition"));
  EXPECT_THAT(label.out, HasSubstr("mean quality of the items"));
  EXPECT_THAT(label.out, HasSubstr("Unknown for this history: narrowing."));
}

TEST(DietCommand, ShowsTheDistributionOverEverybody) {
  const TemporaryFolder folder;
  const json result = json::parse(infodiet({"diet", "--db", small_world(folder), "--all", "--json"}).out);
  EXPECT_EQ(result["users"], 5);
  EXPECT_EQ(result["effective_topics"]["people"], 5);
  EXPECT_NEAR(result["effective_topics"]["median"], 2, 1e-12);
  EXPECT_NEAR(result["effective_topics"]["p10"], 1, 1e-12);
  EXPECT_GT(result["fragmentation"], 0.1);
  const ProgramRun table = infodiet({"diet", "--db", TrainedWorld::get().path(), "--all"});
  EXPECT_THAT(table.out, HasSubstr("variety"));
  EXPECT_THAT(table.out, HasSubstr("Fragmentation"));
}

TEST(DietCommand, GivesTheSameForAnyNumberOfThreads) {
  const std::string& path = TrainedWorld::get().path();
  EXPECT_EQ(infodiet({"diet", "--db", path, "--user", "reader-3", "--json", "--threads", "1"}).out,
            infodiet({"diet", "--db", path, "--user", "reader-3", "--json", "--threads", "3"}).out);
}

TEST(DietCommand, SaysWhatIsWrong) {
  const std::string& path = TrainedWorld::get().path();
  EXPECT_EQ(infodiet({"diet", "--db", path}).exit_code, 2);
  EXPECT_EQ(infodiet({"diet", "--db", path, "--user", "reader-1", "--all"}).exit_code, 2);
  const ProgramRun unknown = infodiet({"diet", "--db", path, "--user", "nobody"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("nobody"));
  EXPECT_THAT(infodiet({"diet", "--help"}).out, HasSubstr("--all"));
}

}  // namespace
}  // namespace infodiet::test
