#include "recsys/settings.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "recsys/errors.hpp"

namespace infodiet::recsys {
namespace {

enum class Pace { slow, fast };

struct Options {
  double memory = 0.7;
  std::size_t candidates = 11;
  bool resample = false;
  Pace pace = Pace::slow;
};

constexpr std::array<std::string_view, 2> paces = {"slow", "fast"};

std::span<const Setting<Options>> table() {
  static constexpr std::array all{
      setting<&Options::memory>("memory", 0, 0.99, "share kept"),
      setting<&Options::candidates>("candidates", 2, 1000),
      setting<&Options::resample>("resample", 0, 1, "1: anew"),
      choice<&Options::pace>("pace", paces),
  };
  return all;
}

Options read_assignments(std::vector<std::string> assignments) {
  return read_options("world", table(), assignments);
}

TEST(Settings, TakeWhatIsSetAndLeaveTheRest) {
  const Options options = read_assignments({"memory=0.1", "candidates=10", "resample=1", "pace=fast", "memory=0.2"});
  EXPECT_EQ(options.memory, 0.2);
  EXPECT_EQ(options.candidates, 10U);
  EXPECT_TRUE(options.resample);
  EXPECT_EQ(options.pace, Pace::fast);
  EXPECT_EQ(read_assignments({}).memory, Options{}.memory);
}

TEST(Settings, AreListedWithTheirDefaults) {
  const std::vector<SettingInfo> known = describe(table());
  ASSERT_EQ(known.size(), 4U);
  EXPECT_EQ(known[0].name, "memory");
  EXPECT_EQ(known[0].value, 0.7);
  EXPECT_EQ(known[1].kind, SettingKind::whole);
  EXPECT_EQ(known[2].kind, SettingKind::flag);
  EXPECT_EQ(value_text(known[1], 11), "11");
  EXPECT_EQ(value_text(known[3], 1), "fast");
}

TEST(Settings, SayWhatIsWrongAndWhatIsKnown) {
  struct Case {
    std::string assignment;
    std::string message;
  };
  const std::vector<Case> cases{
      {"sugar=1", "there is no \"sugar\": expected one of memory=0.7, candidates=11, resample=0, pace=slow"},
      {"memory", "\"memory\" is not an assignment: expected name=value"},
      {"=1", "there is no \"\""},
      {"", "is not an assignment"},
      {"memory=", "is not a number: expected a number from 0 to 0.99"},
      {"memory=0.5x", "is not a number"},
      {"memory= 0.5", "is not a number"},
      {"memory=1", "memory (share kept) is 1: expected a number from 0 to 0.99"},
      {"memory=nan", "expected a number from 0 to 0.99"},
      {"memory=inf", "expected a number from 0 to 0.99"},
      {"memory=1e999", "is not a number"},
      {"candidates=2.5", "candidates is 2.5: expected a whole number from 2 to 1000"},
      {"candidates=0", "expected a whole number from 2 to 1000"},
      {"resample=2", "expected 0 or 1"},
      {"resample=0.5", "expected 0 or 1"},
      {"pace=1", "pace is set to \"1\": expected one of slow, fast"},
  };
  for (const Case& wrong : cases) {
    try {
      read_assignments({wrong.assignment});
      ADD_FAILURE() << wrong.assignment << " was taken";
    } catch (const SettingError& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find(wrong.message), std::string::npos) << wrong.assignment << ": " << text;
      EXPECT_EQ(text.find("world: "), 0U) << text;
    }
  }
}

TEST(Settings, TellWhatWasGivenAndWhatIsKnown) {
  try {
    read_assignments({"memry=1"});
    FAIL();
  } catch (const SettingError& error) {
    EXPECT_EQ(error.given(), "memry");
    EXPECT_EQ(error.known(), (std::vector<std::string>{"memory", "candidates", "resample", "pace"}));
  }
}

TEST(Settings, AreCheckedHoweverTheyCome) {
  EXPECT_THROW(checked("world", table(), {.memory = 1}), SettingError);
  EXPECT_THROW(checked("world", table(), {.candidates = 1}), SettingError);
  EXPECT_EQ(checked("world", table(), {.memory = 0.5}).memory, 0.5);
}

TEST(Settings, AreStoredAsJson) {
  const std::string text = settings_json(table(), Options{.memory = 0.5, .resample = true, .pace = Pace::fast});
  EXPECT_EQ(text, R"({"memory":0.5,"candidates":11,"resample":true,"pace":"fast"})");
  const Options options = stored_options("a world", table(), text);
  EXPECT_EQ(options.memory, 0.5);
  EXPECT_TRUE(options.resample);
  EXPECT_EQ(options.pace, Pace::fast);
  for (const std::string damaged : {"", "[]", "{}", R"({"memory":2,"candidates":11,"resample":true,"pace":"fast"})",
                                    R"({"memory":0.5,"candidates":-1,"resample":true,"pace":"fast"})",
                                    R"({"memory":0.5,"candidates":11,"resample":1,"pace":"fast"})",
                                    R"({"memory":0.5,"candidates":11,"resample":true,"pace":"round"})"}) {
    EXPECT_THROW(stored_options("a world", table(), damaged), DamagedError) << damaged;
  }
}

TEST(Settings, MayBeMissingWhereEarlierVersionsDidNotStoreThem) {
  std::vector<SettingInfo> known = describe(table());
  known[0].may_be_missing = true;
  EXPECT_EQ(stored_settings("a world", known, R"({"candidates":3,"resample":false,"pace":"slow"})"),
            (std::vector<double>{0.7, 3, 0, 0}));
}

}  // namespace
}  // namespace infodiet::recsys
