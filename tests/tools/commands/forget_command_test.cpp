// Every path by which one model becomes another, and which models `forget` reports as still trained on the person.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "recsys/store/database.hpp"
#include "recsys/store/settings.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::int64_t forgotten_users(const std::string& path, const std::string& name) {
  const json info = json::parse(infodiet({"info", "--db", path, "--json"}).out);
  for (const json& model : info["models"]) {
    if (model["name"] == name && model["state"] == "published") return model["forgotten_users"];
  }
  ADD_FAILURE() << "no published " << name;
  return -1;
}

void run(std::vector<std::string> arguments) {
  const ProgramRun done = infodiet(std::move(arguments));
  ASSERT_EQ(done.exit_code, 0) << done.err;
}

TEST(ForgetCommand, MarksAreInheritedByWhateverIsMadeFromAMarkedModel) {
  const std::string path = TrainedWorld::get().copy("inherited.db");
  run({"forget", "--db", path, "--user", "reader-5"});
  EXPECT_EQ(forgotten_users(path, "attention"), 1);
  run({"train", "--db", path, "--from-published", "--epochs", "1"});
  EXPECT_EQ(forgotten_users(path, "attention"), 1);
  run({"simulate", "--db", path, "--environment", "catalogue", "--policy", "agent", "--learn", "--updates", "1",
       "--users", "2", "--set", "steps=4,candidates=10,slate=2"});
  EXPECT_EQ(forgotten_users(path, "agent/catalogue"), 1);
  run({"train", "--db", path, "--set", quick_model, "--epochs", "1"});
  EXPECT_EQ(forgotten_users(path, "attention"), 0);
  run({"simulate", "--db", path, "--environment", "catalogue", "--policy", "agent", "--learn", "--updates", "1",
       "--users", "2", "--set", "steps=4,candidates=10,slate=2"});
  EXPECT_EQ(forgotten_users(path, "agent/catalogue"), 0);
}

TEST(ForgetCommand, EndsWithWhatStillRemembersAndWhatEndsIt) {
  const std::string path = TrainedWorld::get().copy("remembering.db");
  const TemporaryFolder folder;
  const std::string lists = folder.file("lists of everybody.csv");
  const std::string page = folder.file("page.html");
  run({"export", "--db", path, "--recommendations", lists});
  run({"report", "--db", path, "-o", page});
  const ProgramRun forgot = infodiet({"forget", "--db", path, "--user", "reader-5", "--json"});
  ASSERT_EQ(forgot.exit_code, 0) << forgot.err;
  const json remembering = json::parse(forgot.out)["remembering"];
  ASSERT_EQ(remembering.size(), 3U) << forgot.out;
  EXPECT_EQ(remembering[0]["kind"], "model");
  EXPECT_EQ(remembering[0]["ends"], "infodiet train --db " + path);
  EXPECT_EQ(remembering[1], (json{{"kind", "recommendations"}, {"what", lists}, {"ends", "rm -r '" + lists + "'"}}));
  EXPECT_EQ(remembering[2]["what"], page);
  EXPECT_THAT(infodiet({"forget", "--db", path, "--user", "reader-6"}).out, HasSubstr("rm -r"));
}

TEST(ForgetCommand, SuggestsNobodyElse) {
  const std::string path = TrainedWorld::get().copy("nobody_else.db");
  run({"forget", "--db", path, "--user", "reader-5"});
  const ProgramRun again = infodiet({"forget", "--db", path, "--user", "reader-5"});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_THAT(again.err, HasSubstr("no user 'reader-5'"));
  EXPECT_THAT(again.err, testing::Not(HasSubstr("reader-1")));
}

TEST(ForgetCommand, SaysThatAnInterruptedOneIsFinished) {
  const std::string path = TrainedWorld::get().copy("unfinished.db");
  run({"forget", "--db", path, "--user", "reader-5"});
  {
    recsys::Database db(path, recsys::OpenMode::read_write);
    recsys::set_setting(db, "unfinished_forget", "rebuild");
  }
  EXPECT_EQ(infodiet({"doctor", "--db", path}).exit_code, 4);
  const ProgramRun again = infodiet({"forget", "--db", path, "--user", "reader-5"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("is now finished"));
  EXPECT_EQ(infodiet({"doctor", "--db", path}).exit_code, 0);
}

}  // namespace
}  // namespace infodiet::test
