#include "engine/io/atomic_file.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "tests/support/temporary_folder.hpp"

namespace infodiet::engine {
namespace {

namespace fs = std::filesystem;

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::ptrdiff_t files_in(const std::string& folder) {
  return std::distance(fs::directory_iterator(folder), {});
}

TEST(AtomicFile, AppearsOnCommit) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("out.csv", "old");
  {
    AtomicFile file(path);
    file.write("ne");
    file.write("w");
    EXPECT_EQ(read_all(path), "old");
    file.commit();
  }
  EXPECT_EQ(read_all(path), "new");
  EXPECT_EQ(files_in(folder.file("")), 1);
}

TEST(AtomicFile, IsWrittenAtOnce) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("out.json", "longer than what comes");
  write_file(path, "new");
  EXPECT_EQ(read_all(path), "new");
  EXPECT_THROW(write_file(folder.file("no/such/out.json"), "new"), std::system_error);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const test::TemporaryFolder folder;
  { AtomicFile(folder.file("out.csv")).write("half"); }
  EXPECT_EQ(files_in(folder.file("")), 0);
}

TEST(AtomicFile, KeepsALinkToTheFile) {
  const test::TemporaryFolder folder;
  const std::string target = folder.write("target", "old");
  fs::create_symlink(target, folder.file("link"));
  AtomicFile file(folder.file("link"));
  file.write("new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(folder.file("link")));
  EXPECT_EQ(read_all(target), "new");
}

TEST(AtomicFile, RefusesALinkThatLeadsNowhere) {
  const test::TemporaryFolder folder;
  fs::create_symlink(folder.file("nothing"), folder.file("link"));
  EXPECT_THROW(AtomicFile(folder.file("link")), std::system_error);
  EXPECT_TRUE(fs::is_symlink(folder.file("link")));
}

TEST(AtomicFile, IsNotHeldUpByWhatAnotherProcessOfTheSameIdHasLeft) {
  const test::TemporaryFolder folder;
  folder.write("out.csv." + std::to_string(getpid()) + ".part", "left by a process in another container");
  AtomicFile file(folder.file("out.csv"));
  file.write("new");
  file.commit();
  EXPECT_EQ(read_all(folder.file("out.csv")), "new");
}

TEST(AtomicFile, RemovesWhatKilledWritersHaveLeftAndNothingElse) {
  const test::TemporaryFolder folder;
  folder.write("out.csv.0123abcd.part", "killed");
  folder.write("out.csv.mine.part", "somebody's own");
  folder.write("other.csv.0123abcd.part", "of another file");
  AtomicFile living(folder.file("out.csv"));
  living.write("first");
  AtomicFile second(folder.file("out.csv"));
  second.write("second");
  living.commit();
  EXPECT_EQ(read_all(folder.file("out.csv")), "first");
  second.commit();
  EXPECT_EQ(read_all(folder.file("out.csv")), "second");
  EXPECT_FALSE(fs::exists(folder.file("out.csv.0123abcd.part")));
  EXPECT_EQ(files_in(folder.file("")), 3);
}

TEST(AtomicFile, KeepsTheModeThatTheFileHad) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("out.csv", "old");
  for (const unsigned mode : {0600U, 0664U}) {
    fs::permissions(path, fs::perms(mode));
    AtomicFile file(path, FileAccess::owner);
    file.commit();
    EXPECT_EQ(fs::status(path).permissions(), fs::perms(mode));
  }
}

TEST(AtomicFile, CanBeItsOwnersOnly) {
  const test::TemporaryFolder folder;
  AtomicFile(folder.file("people.csv"), FileAccess::owner).commit();
  AtomicFile(folder.file("weights.csv")).commit();
  EXPECT_EQ(fs::status(folder.file("people.csv")).permissions(), fs::perms(0600));
  EXPECT_NE(fs::status(folder.file("weights.csv")).permissions(), fs::perms(0600));
}

TEST(AtomicFile, WritesDirectlyToWhatIsNoRegularFile) {
  AtomicFile file("/dev/null");
  file.write("gone");
  file.commit();
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(AtomicFile, NamesTheFileThatCannotBeWritten) {
  const test::TemporaryFolder folder;
  for (const std::string& path : {folder.file("missing/out.csv"), folder.file("")}) {
    try {
      AtomicFile file(path);
      FAIL() << "opened " << path;
    } catch (const std::system_error& error) {
      EXPECT_NE(std::string(error.what()).find("cannot write " + path), std::string::npos) << error.what();
    }
  }
}

TEST(AtomicFile, ReportsAFullDisk) {
  if (!fs::is_character_file("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  AtomicFile file("/dev/full");
  EXPECT_THROW(
      {
        file.write("bytes");
        file.commit();
      },
      std::system_error);
}

}  // namespace
}  // namespace infodiet::engine
