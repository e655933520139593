#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "recsys/store/model_store.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(InfoCommand, ShowsWhatIsInTheFile) {
  const TemporaryFolder folder;
  const std::string path = folder.file("world.db");
  ASSERT_EQ(infodiet({"sample", "--db", path, "--users", "10", "--items", "60"}).exit_code, 0);
  {
    recsys::Database db(path, recsys::OpenMode::read_write);
    recsys::publish_model(db,
                          {.name = "attention",
                           .configuration = R"({"width": 8})",
                           .seed = 7,
                           .holdout = "last",
                           .metrics = R"({"validation": {"ndcg@10": 0.25}})"},
                          {});
  }
  const ProgramRun run = infodiet({"info", "--db", path, "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json info = json::parse(run.out);
  EXPECT_EQ(info["users"], 10);
  EXPECT_EQ(info["items"], 60);
  EXPECT_EQ(info["interactions"], 150);  // a quarter of the catalogue each
  EXPECT_EQ(info["topics"], 12);
  EXPECT_EQ(info["models"][0]["name"], "attention");
  EXPECT_EQ(info["models"][0]["state"], "published");
  EXPECT_EQ(info["models"][0]["configuration"]["width"], 8);
  EXPECT_EQ(info["models"][0]["metrics"]["validation"]["ndcg@10"], 0.25);

  const ProgramRun text = infodiet({"info", "--db", path});
  EXPECT_THAT(text.out, HasSubstr("interactions  150, 15.0 per user, from 2024-0"));
  EXPECT_THAT(text.out, HasSubstr("validation ndcg@10 0.25"));
}

TEST(InfoCommand, SaysWhatIsNextAfterWhatThereIs) {
  const TemporaryFolder folder;
  const std::string path = folder.file("world.db");
  ASSERT_EQ(infodiet({"sample", "--db", path, "--users", "10", "--items", "60"}).exit_code, 0);
  const ProgramRun both = run_program({"sh", "-c", INFODIET_PROGRAM " info --db " + path + " 2>&1"});
  EXPECT_THAT(both.out, testing::EndsWith("models        none\nnext: infodiet train\n"));
  const ProgramRun nobody_reads = infodiet({"info", "--db", path}, {.output = OutputTo::closed_pipe});
  EXPECT_EQ(nobody_reads.exit_code, 0);
  EXPECT_EQ(nobody_reads.err, "next: infodiet train\n");
}

TEST(InfoCommand, NamesWhatMakesAMissingFile) {
  const TemporaryFolder folder;
  const ProgramRun run = infodiet({"info"}, {.folder = folder.file("")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("infodiet.db"));
  EXPECT_THAT(run.err, HasSubstr("infodiet sample"));
  EXPECT_THAT(run.err, HasSubstr("infodiet import"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("infodiet.db")));
}

TEST(InfoCommand, RefusesWhatIsNoDatabaseOfOurs) {
  const TemporaryFolder folder;
  const std::string text = folder.write("notes.txt", std::string(4096, 'x'));
  const ProgramRun run = infodiet({"info", "--db", text});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, HasSubstr("notes.txt: not an infodiet database"));
  EXPECT_EQ(infodiet({"info", "--db", folder.file("")}).exit_code, 1);
}

TEST(InfoCommand, TakesNumbersOfAnOrderForNoDates) {
  const TemporaryFolder folder;
  const std::string path = folder.file("w.db");
  const std::string log = folder.write("log.csv", "user,item,time\nu,a,1\nu,b,2\nv,a,3\n");
  ASSERT_EQ(infodiet({"import", log, "--db", path}).exit_code, 0);
  EXPECT_THAT(infodiet({"info", "--db", path}).out, testing::HasSubstr("numbered 1 to 3 in order, without dates"));
  EXPECT_EQ(nlohmann::json::parse(infodiet({"info", "--db", path, "--json"}).out)["times_are_order_only"], true);
}

}  // namespace
}  // namespace infodiet::test
