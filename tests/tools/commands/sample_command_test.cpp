#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "recsys/store/catalogue.hpp"
#include "tests/support/read_file.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(SampleCommand, FillsTheDatabaseOnce) {
  const TemporaryFolder folder;
  const std::string path = folder.file("world.db");
  const std::vector<std::string> command{"sample", "--db", path, "--users", "30", "--items", "90", "--json"};
  const ProgramRun first = infodiet(command);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const json made = json::parse(first.out);
  EXPECT_EQ(made["users"], 30);
  EXPECT_EQ(made["items"], 90);
  EXPECT_EQ(made["changed"], true);
  {
    const recsys::Database db(path, recsys::OpenMode::read_only);
    const recsys::Counts counts = recsys::count_contents(db);
    EXPECT_EQ(counts.users, 30);
    EXPECT_EQ(counts.items, 90);
    EXPECT_EQ(counts.interactions, made["interactions"].get<std::int64_t>());
    EXPECT_EQ(counts.untimed_interactions, 0);
    const recsys::Item item = recsys::list_items(db).front();
    EXPECT_TRUE(item.title && item.quality && item.clickbait && item.minutes);
    EXPECT_FALSE(item.topics.empty());
  }
  const ProgramRun again = infodiet(command);
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(json::parse(again.out)["changed"], false);

  const ProgramRun other = infodiet({"sample", "--db", path, "--users", "30", "--items", "90", "--seed", "2"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_EQ(other.out, "");
  EXPECT_THAT(other.err, HasSubstr(path + " already holds 30 users and 90 items"));
}

TEST(SampleCommand, WritesTheSameFilesForTheSameSeed) {
  const TemporaryFolder folder;
  const auto make = [&](const std::string& name, const std::string& seed) {
    const ProgramRun run =
        infodiet({"sample", "--csv", folder.file(name), "--users", "20", "--items", "60", "--seed", seed, "--quiet"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(run.err, "");
    return read_file(folder.file(name + "/interactions.csv")) + read_file(folder.file(name + "/items.csv"));
  };
  const std::string first = make("a", "7");
  EXPECT_THAT(first, HasSubstr("user,item,time\n\"reader-1\",\"article-"));
  EXPECT_THAT(first, HasSubstr("item,title,topics,quality,clickbait,minutes\n\"article-1\",\""));
  EXPECT_EQ(make("nested/b", "7"), first);
  EXPECT_NE(make("c", "8"), first);
  EXPECT_FALSE(std::filesystem::exists("infodiet.db"));
}

TEST(SampleCommand, HonoursTheEnvironmentButTheOptionMore) {
  const TemporaryFolder folder;
  const RunOptions options{.environment = {{"INFODIET_DB", folder.file("from-environment.db")}}};
  EXPECT_EQ(infodiet({"sample", "--users", "2", "--items", "60"}, options).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder.file("from-environment.db")));
  EXPECT_EQ(infodiet({"sample", "--users", "2", "--items", "60", "--db", folder.file("named.db")}, options).exit_code,
            0);
  EXPECT_TRUE(std::filesystem::exists(folder.file("named.db")));
}

TEST(SampleCommand, RefusesSizesItCannotMake) {
  for (const auto& [option, value] : std::vector<std::pair<std::string, std::string>>{
           {"--users", "0"}, {"--users", "1000001"}, {"--items", "59"}, {"--items", "50001"}, {"--items", "x"}}) {
    const ProgramRun run = infodiet({"sample", option, value});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr(option + ": expected a whole number from "));
  }
}

TEST(SampleCommand, SaysWhereItCannotWrite) {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "not a folder");
  const ProgramRun run = infodiet({"sample", "--csv", file + "/world"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr(file));
  const ProgramRun database = infodiet({"sample", "--db", "/proc/world.db"});  // not even root may write there
  EXPECT_EQ(database.exit_code, 1);
  EXPECT_THAT(database.err, HasSubstr("/proc/world.db"));
  EXPECT_THAT(database.err, HasSubstr("its folder exists"));
}

// Ctrl-C, later each time, until one comes too late.
TEST(SampleCommand, StoresAllOrNothingWhenInterrupted) {
  const TemporaryFolder folder;
  const std::string path = folder.file("world.db");
  int exit_code = 130;
  for (int milliseconds = 50; exit_code == 130; milliseconds *= 2) {
    SCOPED_TRACE(milliseconds);
    const ProgramRun run = infodiet({"sample", "--db", path, "--users", "20000"},
                                    {.signal_after = std::chrono::milliseconds(milliseconds), .signal = SIGINT});
    exit_code = run.exit_code;
    ASSERT_TRUE(exit_code == 0 || exit_code == 130) << run.err;
    if (!std::filesystem::exists(path) || std::filesystem::file_size(path) == 0) continue;
    const recsys::Database db(path, recsys::OpenMode::read_only);
    EXPECT_EQ(recsys::count_contents(db).users, exit_code == 0 ? 20000 : 0);
  }
}

TEST(SampleCommand, ShowsProgressOnATerminalOnly) {
  const TemporaryFolder folder;
  const auto run = [&](std::vector<std::string> more, OutputTo output) {
    std::vector<std::string> arguments{"sample", "--users", "50", "--db", folder.file("p.db")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::filesystem::remove(folder.file("p.db"));
    const ProgramRun made = infodiet(arguments, {.output = output});
    EXPECT_EQ(made.exit_code, 0);
    return made.out + made.err;
  };
  EXPECT_THAT(run({}, OutputTo::terminal), HasSubstr("storing  ["));
  EXPECT_EQ(run({"--quiet"}, OutputTo::terminal).find("storing"), std::string::npos);
  EXPECT_EQ(run({}, OutputTo::files).find("storing"), std::string::npos);
}

}  // namespace
}  // namespace infodiet::test
