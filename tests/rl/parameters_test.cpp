#include "rl/parameters.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "rl/environments/choc_kale.hpp"
#include "rl/errors.hpp"

namespace infodiet::rl {
namespace {

ChocKaleOptions read(std::vector<std::string> assignments) {
  return read_options("choc-kale", ChocKale::parameters(), assignments);
}

std::string error_of(const std::function<void()>& attempt) {
  try {
    attempt();
  } catch (const SettingError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Parameters, TakeWhatIsSetAndLeaveTheRest) {
  const ChocKaleOptions options = read({"sensitivity=0.1", "candidates=10", "resample=1", "sensitivity=0.2"});
  EXPECT_EQ(options.sensitivity, 0.2);
  EXPECT_EQ(options.candidates, 10U);
  EXPECT_TRUE(options.resample);
  EXPECT_EQ(options.memory, ChocKaleOptions{}.memory);
}

TEST(Parameters, AreListedWithTheirDefaults) {
  const auto known = describe(ChocKale::parameters());
  ASSERT_EQ(known.size(), 11U);
  EXPECT_EQ(known[0].name, "sensitivity");
  EXPECT_EQ(known[0].value, 0.01);
  EXPECT_EQ(known[7].name, "candidates");
  EXPECT_EQ(known[7].kind, ParameterKind::integer);
  EXPECT_EQ(known[8].kind, ParameterKind::flag);
}

TEST(Parameters, SayWhatIsWrongAndWhatIsKnown) {
  struct Case {
    std::string assignment;
    std::string message;
  };
  const std::vector<Case> cases{
      {"sugar=1", "there is no \"sugar\": expected one of sensitivity=0.01, memory=0.7"},
      {"memory", "\"memory\" sets nothing: expected name=value"},
      {"=1", "there is no \"\""},
      {"", "sets nothing"},
      {"memory=", "is no number: expected a number from 0 to 0.99"},
      {"memory=0.5x", "is no number"},
      {"memory= 0.5", "is no number"},
      {"memory=1", "is 1: expected a number from 0 to 0.99"},
      {"memory=nan", "expected a number from 0 to 0.99"},
      {"memory=inf", "expected a number from 0 to 0.99"},
      {"memory=1e999", "is no number"},
      {"candidates=2.5", "expected a whole number from 2 to 1000"},
      {"candidates=0", "expected a whole number from 2 to 1000"},
      {"resample=2", "expected 0 or 1"},
      {"resample=0.5", "expected 0 or 1"},
  };
  for (const Case& wrong : cases) {
    const std::string error = error_of([&] { read({wrong.assignment}); });
    EXPECT_NE(error.find(wrong.message), std::string::npos) << wrong.assignment << ": " << error;
    EXPECT_EQ(error.find("choc-kale: "), 0U) << error;
  }
}

TEST(Parameters, AreCheckedHoweverTheyCome) {
  EXPECT_NE(error_of([] { ChocKale({.memory = 1}); }).find("memory"), std::string::npos);
  EXPECT_NE(error_of([] { ChocKale({.candidates = 1}); }).find("candidates"), std::string::npos);
}

}  // namespace
}  // namespace infodiet::rl
