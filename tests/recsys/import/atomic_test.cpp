// An import is atomic: it stores everything or nothing, once, whatever interrupts it.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "engine/random.hpp"
#include "tests/recsys/import/import_fixture.hpp"

namespace infodiet::recsys {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string many_rows(int count, std::string_view user = "u") {
  std::string content = "user,item,time\n";
  for (int i = 0; i < count; ++i) {
    content +=
        std::string(user) + std::to_string(i % 997) + ",i" + std::to_string(i % 1009) + "," + std::to_string(i) + "\n";
  }
  return content;
}

class ImportAtomic : public ImportTest {};

TEST_F(ImportAtomic, TheSameContentAgainChangesNothing) {
  import_text("a.csv", "user,item\nu,a\nu,a\n");
  const std::string before = data_fingerprint(load_dataset(db_));
  const ImportReport report = import_text("renamed.csv", "user,item\nu,a\nu,a\n");
  EXPECT_EQ(report.outcome, ImportOutcome::unchanged);
  EXPECT_EQ(report.accepted, 0);
  EXPECT_EQ(report.users, 1);
  EXPECT_THAT(report.unchanged_files, ElementsAre(HasSubstr("renamed.csv")));
  EXPECT_EQ(data_fingerprint(load_dataset(db_)), before);
  EXPECT_EQ(number("SELECT count(*) FROM imports"), 1);
}

TEST_F(ImportAtomic, TimedRowsThatAreThereAreSkippedAndOthersAppended) {
  import_text("a.csv", "user,item,time\nu,a,1\nu,b,2\n");
  const ImportReport report = import_text("b.csv", "user,item,time\nu,b,2\nu,c,3\nu,a,1\nu,c,3\nu,b,9\n");
  EXPECT_EQ(report.outcome, ImportOutcome::stored);
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.duplicates, 3);
  EXPECT_THAT(history("u"), ElementsAre("a", "b", "c", "b"));
  EXPECT_EQ(import_text("c.csv", "user,item\nu,a\n").accepted, 1);
  // Duplicates are not errors.
  EXPECT_EQ(import_text("d.csv", "user,item,time\nu,a,1\n").duplicates, 1);
}

TEST_F(ImportAtomic, OtherOptionsMakeItAnotherImport) {
  import_text("a.csv", "user,item,rating,time\nu,a,1,1\nu,b,5,2\n", {.min_rating = 3});
  EXPECT_THAT(history("u"), ElementsAre("b"));
  EXPECT_EQ(import_text("a.csv", "user,item,rating,time\nu,a,1,1\nu,b,5,2\n").accepted, 1);
  EXPECT_THAT(history("u"), ElementsAre("a", "b"));
}

TEST_F(ImportAtomic, TooManyRejectsStoreNothing) {
  std::string content = "user,item,time\nu,i,1\n";
  for (int i = 0; i < 3; ++i) content += "u,i,soon\n";
  const std::string message = refusal("a.csv", content, {.max_errors = 2});
  EXPECT_THAT(message, HasSubstr("a.csv:3: time:"));
  EXPECT_THAT(message, HasSubstr("a.csv:5: time:"));
  EXPECT_THAT(message, HasSubstr("more rows were rejected than the 2 that"));
  for (const char* table : {"users", "items", "interactions", "imports", "import_rejects"}) {
    EXPECT_EQ(number(std::string("SELECT count(*) FROM ") + table), 0) << table;
  }
  EXPECT_EQ(import_text("a.csv", content, {.max_errors = 3}).accepted, 1);
}

TEST_F(ImportAtomic, ABadFileTakesTheGoodOnesWithIt) {
  const std::string good = folder_.write("good.csv", "user,item\nu,i\n");
  const std::string bad = folder_.write("bad.csv", "user,item\n,\n");
  EXPECT_THROW(import_paths(db_, {.paths = {good, bad}, .max_errors = 0}), DataError);
  EXPECT_EQ(number("SELECT count(*) FROM users"), 0);
  EXPECT_EQ(number("PRAGMA foreign_keys"), 1);
}

TEST_F(ImportAtomic, StopsWhenToldAndStoresNothing) {
  const std::string path = folder_.write("a.csv", many_rows(500'000));
  for (const int allowed : {0, 1, 2, 5, 8}) {
    int calls = 0;
    const ImportReport report = import_paths(db_, {.paths = {path}}, [&](const ImportProgress&) {
      return ++calls > allowed ? Proceed::stop : Proceed::yes;
    });
    EXPECT_EQ(report.outcome, ImportOutcome::stopped) << allowed;
    EXPECT_EQ(number("SELECT count(*) FROM users") + number("SELECT count(*) FROM imports"), 0);
  }
}

TEST_F(ImportAtomic, SurvivesBeingKilledAtAnyTime) {
  import_text("before.csv", "user,item,time\nold,a,1\nold,b,2\n");
  const std::string before = data_fingerprint(load_dataset(db_));
  const std::string path = folder_.write("big.csv", many_rows(300'000));
  { const Database closed = std::move(db_); }  // a connection must not be carried into a child process
  engine::RandomStream stream(20, engine::Purpose::test);
  for (int round = 0; round < 20; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Database db(folder_.file("test.db"), OpenMode::read_write);
      import_paths(db, {.paths = {path}});
      _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(stream.below(300'000)));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    Database db(folder_.file("test.db"), OpenMode::read_write);
    Statement check = db.prepare("PRAGMA integrity_check");
    ASSERT_TRUE(check.step());
    ASSERT_EQ(check.text(0), "ok");
    if (count_contents(db).imports > 1) {  // it was done before the signal came
      ASSERT_EQ(count_contents(db).interactions, 300'002);
      db.execute("DELETE FROM interactions WHERE import_id > 1; DELETE FROM imports WHERE id > 1");
      db.execute("DELETE FROM users WHERE key <> 'old'; DELETE FROM items WHERE key NOT IN ('a', 'b')");
    }
    ASSERT_EQ(data_fingerprint(load_dataset(db)), before) << "round " << round;
  }
  db_ = Database(folder_.file("test.db"), OpenMode::read_write);
  EXPECT_EQ(import_paths(db_, {.paths = {path}}).accepted, 300'000);
}

TEST_F(ImportAtomic, AFullDatabaseIsAnErrorAndNothingIsStored) {
  import_text("before.csv", "user,item,time\nold,a,1\n");
  db_.execute("PRAGMA max_page_count = 200");
  const std::string path = folder_.write("big.csv", many_rows(300'000));
  try {
    import_paths(db_, {.paths = {path}});
    FAIL() << "nothing was thrown";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.code(), 13);  // SQLITE_FULL
    EXPECT_THAT(error.what(), HasSubstr("free some space"));
  }
  EXPECT_THAT(history("old"), ElementsAre("a"));
  EXPECT_EQ(number("SELECT count(*) FROM users"), 1);
  EXPECT_EQ(number("PRAGMA foreign_keys"), 1);
}

TEST_F(ImportAtomic, AFullDiskIsAnErrorAndNothingIsLost) {
  const std::string mount_point = folder_.file("disk");
  std::filesystem::create_directory(mount_point);
  if (mount("tmpfs", mount_point.c_str(), "tmpfs", 0, "size=2m") != 0) {
    GTEST_SKIP() << "mounting a small file system needs root";
  }
  const std::string big = folder_.write("big.csv", many_rows(300'000));
  const std::string small = folder_.write("small.csv", "user,item\nu,i\n");
  {
    Database db(mount_point + "/a.db", OpenMode::create);
    import_paths(db, {.paths = {small}});
    EXPECT_THROW(import_paths(db, {.paths = {big}}), SqliteError);
    EXPECT_EQ(count_contents(db).interactions, 1);
  }
  {
    const Database db(mount_point + "/a.db", OpenMode::read_only);
    EXPECT_EQ(count_contents(db).interactions, 1);
    Statement check = db.prepare("PRAGMA integrity_check");
    ASSERT_TRUE(check.step());
    EXPECT_EQ(check.text(0), "ok");
  }
  EXPECT_EQ(umount(mount_point.c_str()), 0);
}

}  // namespace
}  // namespace infodiet::recsys
