// What holds for every command: help, versions, mistakes, streams.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"
#include "tools/cli/command_table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::test {
namespace {

using testing::HasSubstr;

TEST(CommandLine, EveryCommandHelpsWithAnExample) {
  ASSERT_FALSE(tools::command_table().empty());
  for (const tools::CommandEntry& entry : tools::command_table()) {
    SCOPED_TRACE(entry.name);
    const std::string name(entry.name);
    const ProgramRun help = infodiet({name, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_EQ(help.err, "");
    EXPECT_THAT(help.out, HasSubstr("Usage: infodiet " + name));
    EXPECT_THAT(help.out, HasSubstr("\nExample:\n  infodiet " + name));
    for (const char* shared : {"--db", "--json", "--quiet", "--threads", "--seed", "--help", "--version"}) {
      EXPECT_THAT(help.out, HasSubstr(shared));
    }
    EXPECT_EQ(infodiet({"help", name}).out, help.out);
  }
}

TEST(CommandLine, ListsItsCommands) {
  const ProgramRun list = infodiet({"help"});
  EXPECT_EQ(list.exit_code, 0);
  for (const tools::CommandEntry& entry : tools::command_table())
    EXPECT_THAT(list.out, HasSubstr(std::string(entry.name)));
  EXPECT_EQ(infodiet({"--help"}).out, list.out);
  const ProgramRun overview = infodiet({});
  EXPECT_EQ(overview.exit_code, 0);
  EXPECT_THAT(overview.out, HasSubstr("Where to start"));
}

TEST(CommandLine, HelpFitsANarrowTerminal) {
  const auto widest = [](const std::string& text) {
    std::size_t most = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) most = std::max(most, tools::display_width(line));
    return most;
  };
  const RunOptions narrow{.environment = {{"COLUMNS", "60"}}};
  EXPECT_LE(widest(infodiet({}, narrow).out), 60U);
  EXPECT_LE(widest(infodiet({"help"}, narrow).out), 60U);
  for (const tools::CommandEntry& entry : tools::command_table()) {
    EXPECT_LE(widest(infodiet({std::string(entry.name), "--help"}, narrow).out), 60U) << entry.name;
  }
}

TEST(CommandLine, HelpOfACommandIsShortAndItsTopicsSayTheRest) {
  for (const tools::CommandEntry& entry : tools::command_table()) {
    const std::string help = infodiet({std::string(entry.name), "--help"}, {.environment = {{"COLUMNS", "80"}}}).out;
    EXPECT_LE(std::ranges::count(help, '\n'), 60) << entry.name << ": more than two screens of thirty lines";
  }
  EXPECT_THAT(infodiet({"help", "simulate"}).out, HasSubstr("infodiet help simulate TOPIC"));
  EXPECT_THAT(infodiet({"help", "simulate", "satiation"}).out, HasSubstr("boredom (0.5)"));
  EXPECT_THAT(infodiet({"help", "simulate", "reward"}).out, HasSubstr("novelty"));
  EXPECT_THAT(infodiet({"help", "simulate", "satiaton"}).err, HasSubstr("did you mean 'satiation'?"));
  EXPECT_EQ(infodiet({"help", "info", "x"}).exit_code, 2);
}

TEST(CommandLine, KnowsItsVersion) {
  const ProgramRun version = infodiet({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, testing::MatchesRegex("infodiet [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  for (const std::vector<std::string>& spelling :
       std::vector<std::vector<std::string>>{{"version"}, {"-V"}, {"sample", "--version"}, {"sample", "-V"}}) {
    EXPECT_EQ(infodiet(spelling).out, version.out);
  }
}

TEST(CommandLine, SuggestsButDoesNotGuess) {
  const ProgramRun command = infodiet({"smaple"});
  EXPECT_EQ(command.exit_code, 2);
  EXPECT_EQ(command.out, "");
  EXPECT_THAT(command.err, HasSubstr("unknown command 'smaple'; did you mean 'sample'?"));
  EXPECT_THAT(command.err, HasSubstr("infodiet help"));
  const ProgramRun option = infodiet({"sample", "--user", "5"});
  EXPECT_EQ(option.exit_code, 2);
  EXPECT_THAT(option.err, HasSubstr("unknown option --user; did you mean '--users'?"));
  EXPECT_THAT(option.err, HasSubstr("infodiet sample --help"));
  EXPECT_EQ(infodiet({"help", "smaple"}).exit_code, 2);
  EXPECT_EQ(infodiet({"sampl"}).exit_code, 2);
  EXPECT_EQ(infodiet({"--db", "x", "sample"}).exit_code, 2);
}

TEST(CommandLine, RefusesBadNumbersEverywhere) {
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"--threads", "-1"},
                                             {"--threads", "many"},
                                             {"--seed", "abc"},
                                             {"--seed", "-1"},
                                             {"--seed", "18446744073709551616"}}) {
    for (const tools::CommandEntry& entry : tools::command_table()) {
      std::vector<std::string> arguments{std::string(entry.name)};
      arguments.insert(arguments.end(), options.begin(), options.end());
      const ProgramRun run = infodiet(arguments);
      EXPECT_EQ(run.exit_code, 2) << entry.name;
      EXPECT_THAT(run.err, HasSubstr(options[0] + ": expected a whole number from 0 to "));
      EXPECT_THAT(run.err, HasSubstr("'" + options[1] + "'"));
    }
  }
}

TEST(CommandLine, EscapesNothingOffATerminal) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{}, {"help"}, {"sample", "--help"}, {"smaple"}}) {
    const ProgramRun run = infodiet(arguments);
    EXPECT_EQ((run.out + run.err).find('\x1b'), std::string::npos);
  }
}

TEST(CommandLine, ColoursErrorsOnATerminalUnlessToldNotTo) {
  const ProgramRun coloured = infodiet({"smaple"}, {.output = OutputTo::terminal});
  EXPECT_EQ(coloured.exit_code, 2);
  EXPECT_THAT(coloured.out, HasSubstr("\x1b["));
  const ProgramRun plain = infodiet({"smaple"}, {.environment = {{"NO_COLOR", "1"}}, .output = OutputTo::terminal});
  EXPECT_EQ(plain.out.find('\x1b'), std::string::npos);
}

TEST(CommandLine, AloneShowsTheFiveCommandsThatMatter) {
  const auto newcomers = [](const tools::CommandEntry& entry) { return entry.audience == tools::Audience::newcomer; };
  EXPECT_EQ(std::ranges::count_if(tools::command_table(), newcomers), 5);
  const std::string overview = infodiet({}).out;
  for (const tools::CommandEntry& entry : tools::command_table()) {
    const std::string line = fmt::format("\n  {:<10}", entry.name);
    EXPECT_EQ(overview.find(line) != std::string::npos, newcomers(entry)) << entry.name;
  }
}

TEST(CommandLine, KeepsToTheWidthThatColumnsSays) {
  const ProgramRun run =
      infodiet({"simulate", "--environment", "choc-kale", "--policy", "agnet"}, {.environment = {{"COLUMNS", "40"}}});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("did you mean\n'agent'?"));
  std::istringstream lines(run.err);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 40U) << line;
  EXPECT_GT(count, 3U);
}

TEST(CommandLine, KeepsTerminalCommandsOutOfItsMessages) {
  const ProgramRun run = infodiet({"\x1b[2Jsample"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.err.find('\x1b'), std::string::npos);
}

TEST(CommandLine, SurvivesAReaderThatLeaves) {
  const ProgramRun run = infodiet({"help"}, {.output = OutputTo::closed_pipe});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err, "");
}

TEST(CommandLine, SaysWhenResultsCannotBeWritten) {
  const ProgramRun run = run_program({"sh", "-c", INFODIET_PROGRAM " help > /dev/full"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("standard output"));
  EXPECT_THAT(run.err, HasSubstr("No space left"));
}

}  // namespace
}  // namespace infodiet::test
