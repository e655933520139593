#include "tools/cli/shell_word.hpp"

#include <gtest/gtest.h>

namespace infodiet::tools {
namespace {

TEST(ShellWord, QuotesWhatMeansSomethingToAShell) {
  EXPECT_EQ(shell_word("world.db"), "world.db");
  EXPECT_EQ(shell_word("engagement=1,overload=-0.2"), "engagement=1,overload=-0.2");
  EXPECT_EQ(shell_word("my world.db"), "'my world.db'");
  EXPECT_EQ(shell_word("$HOME; rm *"), "'$HOME; rm *'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace infodiet::tools
