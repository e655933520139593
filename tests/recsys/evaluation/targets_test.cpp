#include "recsys/evaluation/targets.hpp"

#include <gtest/gtest.h>

#include <string>

#include "recsys/errors.hpp"
#include "tests/support/small_dataset.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using Items = std::vector<ItemIndex>;

/// Users ann, bob, "c d"; items a .. f and 😀.
const Dataset& data() {
  static const Dataset dataset = test::small_dataset({{0, 1, 2}, {3}, {}}, 7, {{10, 20, 30}, {40}, {}});
  return dataset;
}

template <class Number>
std::optional<Number> position(std::initializer_list<std::string_view> keys, std::string_view key) {
  const auto found = std::find(keys.begin(), keys.end(), key);
  if (found == keys.end()) return std::nullopt;
  return static_cast<Number>(found - keys.begin());
}

const KeyLookup known_keys{.user =
                               [](std::string_view key) {
                                 return position<std::size_t>({"ann", "bob", "c d"}, key);
                               },
                           .item =
                               [](std::string_view key) {
                                 return position<ItemIndex>({"a", "b", "c", "d", "e,e", "f", "😀"}, key);
                               }};

class Targets : public ::testing::Test {
 protected:
  TargetCases read(std::string_view content, Repeats repeats = Repeats::forbid) const {
    return read_targets(folder_.write("targets.csv", content), data(), known_keys, {.repeats = repeats});
  }
  /// Expects a refusal at `line` that says `why`.
  void expect_refused(std::string_view content, int line, std::string_view why) const {
    SCOPED_TRACE(std::string(content.substr(0, 60)));
    try {
      read(content);
      FAIL() << "accepted";
    } catch (const DataError& error) {
      const std::string message = error.what();
      const std::string where = line == 0 ? "targets.csv: " : "targets.csv:" + std::to_string(line) + ": ";
      EXPECT_NE(message.find(where), std::string::npos) << message;
      EXPECT_NE(message.find(why), std::string::npos) << message;
      EXPECT_LT(message.size(), 600U);
    }
  }

  test::TemporaryFolder folder_;
};

void expect_case(const EvaluationCase& one, std::size_t user, std::size_t history, const Items& targets) {
  EXPECT_EQ(one.user, user);
  EXPECT_EQ(one.history.size(), history);
  EXPECT_EQ(one.history.times.size(), history);
  EXPECT_EQ(Items(one.targets.begin(), one.targets.end()), targets);
}

TEST_F(Targets, ReadsPairsInManyForms) {
  for (const std::string_view content :
       {"bob,a\nann,d\n", "bob,a\r\nann,d",
        "\xEF\xBB\xBF"
        "bob\ta\nann\td\n",
        "  bob   a  \n\n \nann d\n", "user,item\nbob,a\nann,d\n", "user_id:token\titem_id:token\nbob\ta\nann\td\n",
        "rating,ITEM_ID,User_Id\n5,a,bob\n,d,ann\n",
        "{\"user_id\":\"bob\",\"item_id\":\"a\"}\n{\"user_id\":\"ann\",\"item_id\":\"d\"}\n", "bob;a\nann;d\n",
        "user , item\nbob , a\nann , d\n"}) {
    SCOPED_TRACE(std::string(content));
    const TargetCases targets = read(content);
    ASSERT_EQ(targets.cases().size(), 2U);
    expect_case(targets.cases()[0], 0, 3, {3});
    expect_case(targets.cases()[1], 1, 1, {0});
  }
}

TEST_F(Targets, MakesOneCaseOfSeveralPairsOfAUserAndSurvivesBeingMoved) {
  TargetCases targets = read("bob,😀\nc d,a\nbob,\"e,e\"\n");
  const TargetCases moved = std::move(targets);
  ASSERT_EQ(moved.cases().size(), 2U);
  expect_case(moved.cases()[0], 1, 1, {6, 4});
  expect_case(moved.cases()[1], 2, 0, {0});
}

TEST_F(Targets, SkipsPairsThatAreStoredWhereRepeatsAreForbidden) {
  const TargetCases forbidden = read("bob,a\n\nann,c\nann,a\n");
  ASSERT_EQ(forbidden.cases().size(), 1U);
  expect_case(forbidden.cases()[0], 1, 1, {0});
  EXPECT_EQ(forbidden.skipped.stored, 2U);
  EXPECT_TRUE(read("ann,a\n").cases().empty()) << "all of them known, none of them a case";

  const TargetCases allowed = read("bob,a\n\nann,c\nann,a\n", Repeats::allow);
  ASSERT_EQ(allowed.cases().size(), 2U);
  expect_case(allowed.cases()[0], 0, 3, {2, 0});
  EXPECT_EQ(allowed.skipped.stored, 0U);
}

TEST_F(Targets, SkipsAndCountsStrangers) {
  const TargetCases targets = read("zoe,a\nbob,a\nbob,zzz\nzoe,zzz\nbob," + std::string(1 << 20, 'x') + "\n");
  ASSERT_EQ(targets.cases().size(), 1U);
  EXPECT_EQ(targets.skipped.unknown_users, 2U);
  EXPECT_EQ(targets.skipped.unknown_items, 2U);
  expect_refused("zoe,a\nbob,zzz\n", 0, "of its 2 pairs, none");
}

TEST_F(Targets, CountsPairsThatStandThereTwiceOnce) {
  const TargetCases targets = read("bob,a\nann,d\nbob,a\n");
  ASSERT_EQ(targets.cases().size(), 2U);
  expect_case(targets.cases()[1], 1, 1, {0});
  EXPECT_EQ(targets.skipped.twice, 1U);
}

TEST_F(Targets, AsksForOneEventOnly) {
  const std::string path = folder_.write("events.csv", "user,item,event\nbob,a,view\nbob,b,buy\nann,d, buy\n");
  const TargetCases targets = read_targets(path, data(), known_keys, {.repeats = Repeats::allow, .event = "buy"});
  ASSERT_EQ(targets.cases().size(), 2U);
  expect_case(targets.cases()[0], 0, 3, {3});
  expect_case(targets.cases()[1], 1, 1, {1});
  EXPECT_EQ(targets.skipped.other_events, 1U);
  EXPECT_THROW(read_targets(path, data(), known_keys, {.repeats = Repeats::allow, .event = "play"}), DataError);
  EXPECT_THROW(read_targets(folder_.write("none.csv", "bob,a\n"), data(), known_keys,
                            {.repeats = Repeats::allow, .event = "buy"}),
               DataError)
      << "there are no events";
}

TEST_F(Targets, RefusesMalformedLines) {
  expect_refused("bob,a\nann\nbob,c\nc d,a\n", 2, "missing fields: 1, expected 2");
  expect_refused("bob,a,5\n", 1,
                 "expected 2 columns (user,item; a header that names both is needed for more), found 3");
  expect_refused("user,item,time\nbob,a\n", 2, "missing fields: 2, expected 3");
  expect_refused("bob,a\nann,d\nbob,b\nann,\"d\nc d,b\n", 4, "unterminated quote");
  expect_refused("bob,a\nann,\nbob,c\n", 2, "the item is missing");
  expect_refused("item,title\na,A tale\n", 1, "no user");
}

TEST_F(Targets, CountsLinesAcrossQuotedNewlines) {
  expect_refused("\n\n\"b\nb\",a\nann,d\nc d,b\nann\n", 7, "missing fields: 1");
}

TEST_F(Targets, RefusesFilesWithoutPairs) {
  expect_refused("", 0, "the file is empty");
  expect_refused("\n \n", 1, "expected 2 columns");
  expect_refused("user,item\n", 0, "holds no pairs");
  EXPECT_THROW(read_targets(folder_.file("missing"), data(), known_keys, {}), DataError);
  EXPECT_THROW(read_targets(folder_.file(""), data(), known_keys, {}), DataError);
}

}  // namespace
}  // namespace infodiet::recsys
