#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "recsys/store/database.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(DoctorCommand, FindsASoundFileSound) {
  const ProgramRun run = infodiet({"doctor", "--db", TrainedWorld::get().path(), "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["ok"], true);
  EXPECT_TRUE(result["problems"].empty());
}

TEST(DoctorCommand, FindsAFlippedByteInATensor) {
  const std::string path = TrainedWorld::get().copy("flipped.db");
  {
    recsys::Database db(path, recsys::OpenMode::read_write);
    db.execute(
        "UPDATE model_tensors SET data = CAST(zeroblob(1) || substr(data, 2) AS BLOB) WHERE name = 'items.weight'");
  }
  const ProgramRun run = infodiet({"doctor", "--db", path, "--json"});
  EXPECT_EQ(run.exit_code, 4);
  const json result = json::parse(run.out);
  EXPECT_EQ(result["ok"], false);
  EXPECT_THAT(result["problems"].dump(), HasSubstr("items.weight"));
  const ProgramRun refused = infodiet({"recommend", "--db", path, "--user", "reader-1"});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_THAT(refused.err, HasSubstr("items.weight"));
}

TEST(DoctorCommand, SaysWhatKeepsAModelFromBeingLoaded) {
  for (const char* damage :
       {"UPDATE models SET configuration = '{}'", "UPDATE models SET metrics = '{}'", "UPDATE models SET holdout = 'x'",
        "DELETE FROM model_tensors WHERE name = 'item_ids'", "UPDATE models SET configuration = 'no JSON'"}) {
    const std::string path = TrainedWorld::get().copy("unloadable.db");
    {
      recsys::Database db(path, recsys::OpenMode::read_write);
      recsys::Transaction transaction(db);  // as if the program itself had written it
      db.execute(damage);
      transaction.commit();
    }
    const ProgramRun run = infodiet({"doctor", "--db", path, "--json"});
    EXPECT_EQ(run.exit_code, 4) << damage;
    EXPECT_EQ(json::parse(run.out)["problems"].size(), 1U) << run.out;
  }
}

TEST(DoctorCommand, SaysWhatIsWrongWithOtherFiles) {
  const TemporaryFolder folder;
  EXPECT_EQ(infodiet({"doctor", "--db", folder.file("none.db")}).exit_code, 1);
  EXPECT_EQ(infodiet({"doctor", "--db", folder.write("text.db", "not a database at all")}).exit_code, 4);
  EXPECT_EQ(infodiet({"doctor", "--db", folder.write("empty.db", "")}).exit_code, 4);
  const std::string cut = TrainedWorld::get().copy("cut.db");
  std::filesystem::resize_file(cut, std::filesystem::file_size(cut) / 2);
  EXPECT_EQ(infodiet({"doctor", "--db", cut}).exit_code, 4);
}

}  // namespace
}  // namespace infodiet::test
