#include "engine/io/atomic_file.hpp"

#include <gtest/gtest.h>

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
