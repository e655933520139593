// Completion as bash does it: the script is sourced and its function called with the words typed so far.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"
#include "tools/cli/command_table.hpp"

namespace infodiet::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

// What is offered for the last of `words`, which are cut as bash cuts them.
std::vector<std::string> offered(const std::vector<std::string>& words, const std::string& folder = {}) {
  std::string quoted;
  for (const std::string& word : words) quoted += " '" + word + "'";
  const ProgramRun run = run_program(
      {"bash", "-c",
       fmt::format(
           "source <({} completion bash); COMP_WORDBREAKS=$' \\t\\n=:'; COMP_WORDS=(infodiet{}); COMP_CWORD={}; "
           "_infodiet; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
           INFODIET_PROGRAM, quoted, words.size())},
      {.folder = folder});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err, "");
  std::vector<std::string> lines;
  std::istringstream text(run.out);
  for (std::string line; std::getline(text, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

TEST(Completion, OffersCommands) {
  const std::vector<std::string> all = offered({""});
  for (const tools::CommandEntry& entry : tools::command_table()) {
    EXPECT_THAT(all, Contains(std::string(entry.name)));
  }
  EXPECT_THAT(all, Contains("help"));
  EXPECT_THAT(offered({"si"}), UnorderedElementsAre("similar", "simulate"));
  EXPECT_THAT(offered({"help", "re"}), Contains("recommend"));
}

TEST(Completion, OffersEveryOptionOfACommand) {
  for (const tools::CommandEntry& entry : tools::command_table()) {
    const auto prepared = tools::prepare(entry, {});
    const std::vector<std::string> all = offered({std::string(entry.name), "-"});
    for (const auto& option : prepared->spec.options.options()) {
      EXPECT_THAT(all, Contains(tools::OptionSet::spelling(option.text))) << entry.name;
    }
  }
  EXPECT_THAT(offered({"train", "--quiet", "--max"}), ElementsAre("--max-minutes"));
}

TEST(Completion, OffersTheNamesThatAnOptionKnows) {
  EXPECT_THAT(offered({"import", "--format", "m"}), ElementsAre("movielens"));
  EXPECT_THAT(offered({"train", "--model", ""}), ElementsAre("attention"));
  EXPECT_THAT(offered({"recommend", "--policy", ""}), UnorderedElementsAre("recommender", "agent"));
  EXPECT_THAT(offered({"simulate", "--environment", "c"}), UnorderedElementsAre("choc-kale", "catalogue"));
  EXPECT_THAT(offered({"simulate", "--policy", "greedy,calib"}), ElementsAre("greedy,calibrated"));
  EXPECT_THAT(offered({"simulate", "--policy", "a"}), UnorderedElementsAre("agent", "all"));
  EXPECT_THAT(offered({"completion", ""}), UnorderedElementsAre("bash", "zsh", "fish"));
}

TEST(Completion, GoesOnAfterAnEqualsSign) {
  EXPECT_THAT(offered({"train", "--set", "wid"}), ElementsAre("width="));
  // bash replaces only what comes after its last cut.
  EXPECT_THAT(offered({"simulate", "--reward", "engagement", "=", "1,div"}), ElementsAre("1,diversity="));
  EXPECT_THAT(offered({"simulate", "--environment", "=", "sat"}), ElementsAre("satiation"));
  EXPECT_THAT(offered({"train", "--holdout", "temporal", ":", ""}), ElementsAre("0.9", "0.9:successive"));
}

TEST(Completion, OffersDatabasesAndOtherFiles) {
  const TemporaryFolder folder;
  folder.write("world.db", "");
  folder.write("ratings.csv", "");
  folder.write("data/more.csv", "");
  const std::string here = folder.file("");
  EXPECT_THAT(offered({"info", "--db", ""}, here), UnorderedElementsAre("world.db", "data"));
  EXPECT_THAT(offered({"info", "--db", "=", "w"}, here), ElementsAre("world.db"));
  EXPECT_THAT(offered({"import", "r"}, here), ElementsAre("ratings.csv"));
  EXPECT_THAT(offered({"import", "ratings.csv", "data/"}, here), ElementsAre("data/more.csv"));
  EXPECT_THAT(offered({"sample", "--csv", ""}, here), ElementsAre("data"));
}

TEST(Completion, OffersNothingForNumbersAndPeople) {
  EXPECT_THAT(offered({"recommend", "-k", ""}), ElementsAre());
  EXPECT_THAT(offered({"recommend", "--user", ""}), ElementsAre());
  EXPECT_THAT(offered({"no-such-command", "--"}), ElementsAre());
}

// What fish offers after what is typed.
std::string fish_offers(const std::string& typed, const std::string& folder = {}) {
  const ProgramRun run =
      run_program({"fish", "--no-config", "-c",
                   fmt::format("{} completion fish | source; complete -C '{}'", INFODIET_PROGRAM, typed)},
                  {.folder = folder});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err, "");
  return run.out;
}

TEST(Completion, WorksInFish) {
  if (std::system("command -v fish >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "fish is not installed: 'apt-get install fish'";
  const TemporaryFolder folder;
  folder.write("world.db", "");
  EXPECT_THAT(fish_offers("infodiet si"), testing::AllOf(HasSubstr("similar"), HasSubstr("simulate")));
  EXPECT_THAT(fish_offers("infodiet train --max"), HasSubstr("--max-minutes"));
  EXPECT_THAT(fish_offers("infodiet import --format m"), HasSubstr("movielens"));
  EXPECT_THAT(fish_offers("infodiet simulate --policy greedy,calib"), HasSubstr("greedy,calibrated"));
  EXPECT_THAT(fish_offers("infodiet info --db w", folder.file("")), HasSubstr("world.db"));
  EXPECT_THAT(fish_offers("infodiet recommend --user ", folder.file("")), testing::IsEmpty());
}

// The arguments that the script passes to zsh's own functions, which work only at a terminal.
std::string told_to_zsh(const std::string& words, int current) {
  const ProgramRun run = run_program({"zsh", "-f", "-c",
                                      fmt::format("compdef() {{ }}; _arguments() {{ print -rl -- $words[1] \"$@\" }}; "
                                                  "_describe() {{ print -rl -- $commands }}\n"
                                                  "source <({} completion zsh); words=({}); CURRENT={}; _infodiet",
                                                  INFODIET_PROGRAM, words, current)});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err, "");
  return run.out;
}

TEST(Completion, WorksInZsh) {
  if (std::system("command -v zsh >/dev/null 2>&1") != 0) GTEST_SKIP() << "zsh is not installed: 'apt-get install zsh'";
  for (const tools::CommandEntry& entry : tools::command_table()) {
    EXPECT_THAT(told_to_zsh("infodiet ''", 2), HasSubstr(fmt::format("{}:{}\n", entry.name, entry.summary)));
    const std::string told = told_to_zsh(fmt::format("infodiet {} ''", entry.name), 3);
    EXPECT_THAT(told, testing::StartsWith(fmt::format("{}\n", entry.name)));
    const auto prepared = tools::prepare(entry, {});
    for (const auto& option : prepared->spec.options.options()) {
      EXPECT_THAT(told, HasSubstr("\n" + tools::OptionSet::spelling(option.text)));
    }
  }
  EXPECT_THAT(told_to_zsh("infodiet import ''", 3),
              testing::AllOf(HasSubstr(":NAME:(auto"), HasSubstr("*:PATH...:_files"), HasSubstr("_files -g \"*.db\"")));
}

TEST(Completion, IsForTheShellsItKnows) {
  const ProgramRun other = infodiet({"completion", "tcsh"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("bash, zsh, fish, but not for 'tcsh'"));
  EXPECT_THAT(infodiet({"completion"}).err, HasSubstr("SHELL is missing"));
}

}  // namespace
}  // namespace infodiet::test
