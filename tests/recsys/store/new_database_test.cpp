#include "recsys/store/new_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <system_error>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

namespace fs = std::filesystem;

void add_a_user(Database& db) {
  CatalogueWriter writer(db);
  writer.user("ann");
  writer.commit();
}

class NewDatabase : public testing::Test {
 protected:
  std::int64_t users() const { return count_contents(Database(path_, OpenMode::read_only)).users; }
  auto files() const { return std::distance(fs::directory_iterator(fs::path(path_).parent_path()), {}); }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.file("new.db");
};

TEST_F(NewDatabase, AppearsWholeAndForItsOwnerAlone) {
  DatabaseToFill file(path_);
  add_a_user(file.db());
  EXPECT_FALSE(fs::exists(path_));
  file.commit();
  EXPECT_EQ(users(), 1);
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(files(), 1);
}

TEST_F(NewDatabase, LeavesNothingUnlessItAppears) {
  {
    DatabaseToFill file(path_);
    add_a_user(file.db());
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(NewDatabase, IsTheOneThatIsThereAlready) {
  add_a_user(*std::make_unique<Database>(path_, OpenMode::create));
  DatabaseToFill file(path_);
  EXPECT_EQ(count_contents(file.db()).users, 1);
  file.commit();
  EXPECT_EQ(users(), 1);
}

TEST_F(NewDatabase, ReplacesNoneThatCameMeanwhile) {
  DatabaseToFill file(path_);
  add_a_user(*std::make_unique<Database>(path_, OpenMode::create));
  EXPECT_THROW(file.commit(), std::system_error);
  EXPECT_EQ(users(), 1);
}

TEST(NewDatabaseNowhere, IsRefusedWithWhatToCheck) {
  const test::TemporaryFolder folder;
  try {
    DatabaseToFill(folder.file("missing/new.db"));
    FAIL() << "made a file in no folder";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("check that its folder exists"));
  }
}

}  // namespace
}  // namespace infodiet::recsys
