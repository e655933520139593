// build/attention_gallery as a user runs it. Learning itself is tested in gallery_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::gallery {
namespace {

using testing::HasSubstr;

TEST(GalleryCommand, ExplainsItself) {
  for (const char* option : {"--help", "-h"}) {
    const test::ProgramRun run = test::run_program({INFODIET_GALLERY, option});
    EXPECT_EQ(run.exit_code, 0);
    for (const char* part :
         {"TASK", "dates", "story", "patches", "--out DIR", "--seed N", "--seeds N", "--threads N"}) {
      EXPECT_THAT(run.out, HasSubstr(part));
    }
    EXPECT_EQ(run.err, "");
  }
}

TEST(GalleryCommand, RefusesWhatItDoesNotKnow) {
  const test::ProgramRun task = test::run_program({INFODIET_GALLERY, "datse"});
  EXPECT_EQ(task.exit_code, 2);
  EXPECT_THAT(task.err, HasSubstr("no task 'datse'; did you mean 'dates'?"));
  EXPECT_EQ(test::run_program({INFODIET_GALLERY, "--sed", "1"}).exit_code, 2);
  EXPECT_EQ(test::run_program({INFODIET_GALLERY, "--seed", "x"}).exit_code, 2);
}

TEST(GalleryCommand, NamesAFolderThatCannotBeMade) {
  const test::TemporaryFolder folder;
  const std::string file = folder.write("file", "");
  const test::ProgramRun run = test::run_program({INFODIET_GALLERY, "sentiment", "--out", file + "/pictures"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr(file));
}

TEST(GalleryCommand, PrintsAccuraciesAndWritesThePicture) {
  const test::TemporaryFolder folder;
  const test::ProgramRun run =
      test::run_program({INFODIET_GALLERY, "sentiment", "--out", folder.file("pictures"), "--threads", "1"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, testing::ContainsRegex("sentiment +1 +[0-9.]+ % +[0-9.]+ %"));
  EXPECT_TRUE(std::filesystem::exists(folder.file("pictures/sentiment.html")));
  EXPECT_TRUE(std::filesystem::exists(folder.file("pictures/index.html")));
}

}  // namespace
}  // namespace infodiet::gallery
