#include "tools/serve/arms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recsys/errors.hpp"

namespace infodiet::tools::serve {
namespace {

using testing::HasSubstr;

std::string problem_of(const std::string& text) {
  try {
    Arms(text, "--split");
  } catch (const recsys::SettingError& error) {
    return error.what();
  }
  return "";
}

TEST(Arms, EverybodyKeepsTheirsAndSharesAreAsAsked) {
  const Arms arms("attention=0.25,agent=0.75", "--split");
  constexpr int people = 20'000;
  int agents = 0;
  for (int i = 0; i < people; ++i) {
    const std::string user = "reader-" + std::to_string(i);
    const Arm& arm = arms.of(user);
    EXPECT_EQ(&arm, &arms.of(user));
    EXPECT_EQ(arm.chooser == rl::Chooser::agent, arm.name == "agent");
    agents += arm.name == "agent" ? 1 : 0;
  }
  EXPECT_NEAR(agents, 0.75 * people, 4 * std::sqrt(people * 0.75 * 0.25));
  // A greater share adds people to an arm and removes nobody.
  const Arms more("attention=0.5,agent=0.5", "--split");
  for (int i = 0; i < 1000; ++i) {
    const std::string user = "reader-" + std::to_string(i);
    if (arms.of(user).name == "attention") {
      EXPECT_EQ(more.of(user).name, "attention");
    }
  }
}

TEST(Arms, WithoutASplitAttentionServesAll) {
  EXPECT_EQ(Arms().of("anybody").name, "attention");
  EXPECT_FALSE(Arms().has(rl::Chooser::agent));
}

TEST(Arms, SayWhatIsWrongWithASplit) {
  EXPECT_THAT(problem_of("attention=0.5,robot=0.5"),
              HasSubstr("--split: unknown arm 'robot': expected attention or agent"));
  EXPECT_THAT(problem_of("attention"), HasSubstr("attention: expected a share above 0"));
  EXPECT_THAT(problem_of("attention=0,agent=1"), HasSubstr("attention=0: expected a share above 0"));
  EXPECT_THAT(problem_of("attention=x,agent=1"), HasSubstr("attention=x: expected a share"));
  EXPECT_THAT(problem_of("attention=nan,agent=1"), HasSubstr("expected a share"));
  EXPECT_THAT(problem_of("attention=0.5,agent=0.4"), HasSubstr("add up to 0.9: expected 1"));
  EXPECT_THAT(problem_of("attention=0.5,attention=0.5"), HasSubstr("attention is given twice"));
  EXPECT_THAT(problem_of(""), HasSubstr("unknown arm ''"));
  EXPECT_THAT(problem_of("attention=1,"), HasSubstr("unknown arm ''"));
  EXPECT_EQ(problem_of("attention=1"), "");
}

}  // namespace
}  // namespace infodiet::tools::serve
