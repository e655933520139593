// A tiny file of every version of the schema opens, is sound before and after, and can be used.
#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "recsys/import/import.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/schema.hpp"
#include "tests/support/old_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

class OldFiles : public testing::TestWithParam<int> {};

TEST_P(OldFiles, OpenAreSoundAndCanBeWorkedWith) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, GetParam());
  EXPECT_EQ(check_database(path), std::vector<std::string>()) << "before it is brought up to date";
  std::int64_t before = 0;
  {
    const Database reader(path, OpenMode::read_only);
    EXPECT_EQ(check_identity(reader), schema_version);
    before = count_contents(reader).interactions;
    EXPECT_EQ(load_dataset(reader).items.size(), static_cast<std::size_t>(before));
  }
  EXPECT_GT(before, 0);
  EXPECT_EQ(check_database(path), std::vector<std::string>());
  Database db(path, OpenMode::read_write);
  import_paths(db, {.paths = {folder.write("more.csv", "user,item,time\nann,a,1800000000\nzoe,new,1800000001\n")}});
  EXPECT_EQ(count_contents(db).interactions, before + 2);
  EXPECT_TRUE(forget_user(db, "ann"));
  EXPECT_EQ(check_database(path), std::vector<std::string>()) << "old rows are reported unchanged";
}

INSTANTIATE_TEST_SUITE_P(Versions, OldFiles, testing::Range(1, static_cast<int>(schema_version)));

// SQLite finds no memory for a row of no length.
TEST(OldFiles, WithADamagedLengthAreDamagedAndNotTooLarge) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("damaged.db");
  test::make_old_file(path, 4);
  std::string bytes = test::read_file(path);
  const std::string_view model("\x85\x61\x02\x0d\0\x1f\x1b", 7);  // of 737 bytes, with number 2
  const std::size_t at = bytes.find(model);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 3, 3, '\0');
  folder.write("damaged.db", bytes);
  EXPECT_THROW(Database(path, OpenMode::read_only), DamagedError);
  EXPECT_THROW(Database(path, OpenMode::read_write), DamagedError);
}

// If the version number contradicts the tables, nothing is changed.
TEST(OldFiles, ThatAreNotWhatTheySayAreDamaged) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("lying.db");
  { const Database made(path, OpenMode::create); }
  Database(path, OpenMode::read_write).execute("PRAGMA user_version = 3");
  EXPECT_FALSE(check_database(path).empty());
  EXPECT_THROW(Database(path, OpenMode::read_only), DamagedError);
  EXPECT_THROW(Database(path, OpenMode::read_write), DamagedError);
}

}  // namespace
}  // namespace infodiet::recsys
