#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json lesson(const std::string& path, std::vector<std::string> more) {
  std::vector<std::string> command = {"lesson", "--db", path, "--json"};
  command.insert(command.end(), more.begin(), more.end());
  const ProgramRun run = infodiet(command);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return json::parse(run.out);
}

double earned(const json& result, const std::string& policy) {
  for (const json& row : result["policies"]) {
    if (row["name"] == policy) return row["return"];
  }
  return 0;
}

TEST(LessonCommand, ListsItsLessons) {
  const json result = lesson(TrainedWorld::get().path(), {});
  std::vector<std::string> names;
  for (const json& row : result["lessons"]) names.push_back(row["name"]);
  EXPECT_THAT(names,
              testing::ElementsAre("clickbait-trap", "boredom", "finding-out", "narrowing-feed", "retraining-loop"));
}

TEST(LessonCommand, TakesItsNameAsAnArgumentNotAsAnOption) {
  EXPECT_THAT(infodiet({"lesson", "--help"}).out, testing::Not(HasSubstr("--lesson")));
}

TEST(LessonCommand, SaysWhatItShowedKeepsTheRunAndFillsTheReport) {
  const TemporaryFolder folder;
  const std::string path = TrainedWorld::get().copy("lessons.db");
  for (const std::string name : {"clickbait-trap", "boredom", "finding-out", "narrowing-feed"}) {
    const json result = lesson(path, {name});
    EXPECT_TRUE(result["run"].is_number()) << name;
    EXPECT_EQ(result["sentences"].size(), 2U) << name;
    EXPECT_GT(earned(result, "optimum"), earned(result, "greedy")) << name;
  }
  const std::string page = folder.file("page.html");
  ASSERT_EQ(infodiet({"report", "--db", path, "-o", page}).exit_code, 0);
  std::stringstream html;
  html << std::ifstream(page).rdbuf();
  for (const char* text : {"The clickbait trap.", "Boredom.", "Finding out.", "The narrowing feed."}) {
    EXPECT_THAT(html.str(), HasSubstr(text));
  }
}

TEST(LessonCommand, ChangesOneSettingAndTellsAnotherStory) {
  const std::string path = TrainedWorld::get().copy("changed.db");
  const json trap = lesson(path, {"clickbait-trap"});
  const json none = lesson(path, {"clickbait-trap", "--set", "sensitivity=0.01"});
  EXPECT_LT(earned(trap, "greedy"), earned(trap, "random"));
  EXPECT_GT(earned(none, "greedy"), earned(none, "random"));
  EXPECT_THAT(trap["sentences"][1], HasSubstr("which costs greedy 2"));
  EXPECT_THAT(none["sentences"][1], HasSubstr("there is no trap"));
}

TEST(LessonCommand, SaysNothingOfACostThatAChangedWorldDoesNotHave) {
  const std::string path = TrainedWorld::get().copy("costless.db");
  const json calm = lesson(path, {"boredom", "--set", "boredom=0,regret=0"});
  EXPECT_THAT(calm["sentences"][0].get<std::string>(), testing::Not(HasSubstr("people tire")));
  EXPECT_THAT(calm["sentences"][1], HasSubstr("can do no better"));
  EXPECT_THAT(lesson(path, {"finding-out", "--set", "safe=0.79"})["sentences"][1], HasSubstr("does not pay here"));
  EXPECT_THAT(lesson(path, {"narrowing-feed", "--set", "weariness=0"})["sentences"][0],
              HasSubstr("A narrow taste costs nothing here"));
}

TEST(LessonCommand, TellsOfTheLoopOverYourOwnData) {
  const std::string path = TrainedWorld::get().copy("loop.db");
  const json result = lesson(path, {"retraining-loop", "--set", "steps=4,candidates=10,slate=3"});
  EXPECT_EQ(result["arms"].size(), 5U);
  EXPECT_EQ(result["sentences"].size(), 3U) << "one for each feed";
}

TEST(LessonCommand, SaysWhatIsWrongAndWhatIsKnown) {
  const std::string& path = TrainedWorld::get().path();
  const ProgramRun unknown = infodiet({"lesson", "--db", path, "bordeom"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'boredom'?"));
  EXPECT_EQ(infodiet({"lesson", "--db", path, "boredom", "finding-out"}).exit_code, 2);
  EXPECT_EQ(infodiet({"lesson", "--db", path, "--set", "lure=1"}).exit_code, 2);
  const ProgramRun out_of_range = infodiet({"lesson", "--db", path, "boredom", "--set", "boredom=99"});
  EXPECT_EQ(out_of_range.exit_code, 2);
  EXPECT_THAT(out_of_range.err, HasSubstr("a number from -10 to 10"));
}

}  // namespace
}  // namespace infodiet::test
