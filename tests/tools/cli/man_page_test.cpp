#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"
#include "tools/cli/command_table.hpp"

namespace infodiet::test {
namespace {

using testing::HasSubstr;

bool has_program(const std::string& name) {
  return run_program({"sh", "-c", "command -v " + name}).exit_code == 0;
}

TEST(ManPage, HasEveryCommandAndOption) {
  std::string page = infodiet({"man"}).out;
  std::erase(page, '\\');
  for (const tools::CommandEntry& entry : tools::command_table()) {
    EXPECT_THAT(page, HasSubstr("\n.SS infodiet " + std::string(entry.name)));
    const auto prepared = tools::prepare(entry, {});
    for (const auto& option : prepared->spec.options.options()) {
      EXPECT_THAT(page, HasSubstr(tools::OptionSet::spelling(option.text)));
    }
  }
}

TEST(ManPage, SaysNothingOfThisMachine) {
  const ProgramRun here = infodiet({"man"}, {.environment = {{"INFODIET_DB", "/somewhere/of/mine.db"}}});
  EXPECT_EQ(here.out, infodiet({"man"}).out);
}

TEST(ManPage, RendersWithoutAWarning) {
  const TemporaryFolder folder;
  const std::string page = folder.write("infodiet.1", infodiet({"man"}).out);
  if (!has_program("groff")) GTEST_SKIP() << "there is no groff here";
  const ProgramRun run = run_program({"groff", "-man", "-Tutf8", "-ww", "-z", page});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err, "");
  const ProgramRun text = run_program({"sh", "-c", "groff -man -Tascii -P-cbou " + page});
  // Options as one would type them; no line is read as a command of roff's.
  EXPECT_THAT(text.out, HasSubstr("--max-minutes M"));
  EXPECT_THAT(text.out, HasSubstr("infodiet sample --db world.db"));
}

}  // namespace
}  // namespace infodiet::test
