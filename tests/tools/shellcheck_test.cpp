// Every shell script of the project and the completion it prints, under shellcheck. Skipped where that is absent.
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"

namespace infodiet::test {
namespace {

TEST(Shellcheck, FindsNothing) {
  if (run_program({"sh", "-c", "command -v shellcheck"}).exit_code != 0) GTEST_SKIP() << "there is no shellcheck here";
  const TemporaryFolder folder;
  const std::string completion = folder.write("completion.bash", infodiet({"completion", "bash"}).out);
  const ProgramRun run =
      run_program({"sh", "-c", "shellcheck tools/*.sh tests/fuzz/run.sh .ci/run && shellcheck --shell=bash " + completion},
                  {.folder = INFODIET_SOURCE});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
}

}  // namespace
}  // namespace infodiet::test
