#include <gmock/gmock.h>

#include "tests/recsys/import/import_fixture.hpp"

namespace infodiet::recsys {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ImportCsv : public ImportTest {};

TEST_F(ImportCsv, OrdersHistoriesByTimeAndEqualTimesByLine) {
  const ImportReport report = import_text("a.csv", "user,item,time\nu,late,30\nu,b,20\nv,x,5\nu,a,20\nu,first,10\n");
  EXPECT_EQ(report.outcome, ImportOutcome::stored);
  EXPECT_EQ(report.accepted, 5);
  EXPECT_EQ(report.users, 2);
  EXPECT_EQ(report.items, 5);
  EXPECT_THAT(history("u"), ElementsAre("first", "b", "a", "late"));
}

TEST_F(ImportCsv, KeepsTheOrderOfTheFileWithoutTimes) {
  import_text("a.csv", "user,item\nu,c\nu,a\nu,b\nu,a\n");
  EXPECT_THAT(history("u"), ElementsAre("c", "a", "b", "a"));
  EXPECT_TRUE(load_dataset(db_).times.empty());
}

TEST_F(ImportCsv, KnowsTheUsualNamesAndDelimiters) {
  for (const std::string_view content :
       {"userId,movieId,rating,timestamp\nu,i,4.5,7\n", "reviewerID\tasin\toverall\tunixReviewTime\nu\ti\t4.5\t7\n",
        "uid;iid;score;ts\nu;i;4.5;7\n", "User ID|Item-Id|Stars|Time\r\nu|i|4.5|7\r\n",
        "\xef\xbb\xbfuser_id,item_id,rating,timestamp\nu,i,4.5,7", "timestamp,item,junk,user,rating\n7,i,,u,4.5\n"}) {
    SCOPED_TRACE(content);
    const test::TemporaryFolder folder;
    Database db(folder.file("t.db"), OpenMode::create);
    EXPECT_EQ(import_paths(db, {.paths = {folder.write("f", content)}}).accepted, 1);
    Statement row = db.prepare(
        "SELECT users.key, items.key, rating, time FROM interactions"
        " JOIN users ON users.id = user_id JOIN items ON items.id = item_id");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.text(0), "u");
    EXPECT_EQ(row.text(1), "i");
    EXPECT_EQ(row.real(2), 4.5);
    EXPECT_EQ(row.integer(3), 7);
  }
}

TEST_F(ImportCsv, TakesColumnsByName) {
  import_text("a.csv", "who,what,user,when\nu,i,no,9\n",
              {.columns = {{ColumnRole::user, "who"}, {ColumnRole::item, "what"}, {ColumnRole::time, "when"}}});
  EXPECT_THAT(history("u"), ElementsAre("i"));
  EXPECT_EQ(load_dataset(db_).times, (std::vector<std::int64_t>{9}));
}

TEST_F(ImportCsv, TakesColumnsByNumberWhereThereIsNoHeader) {
  const ColumnNames columns{{ColumnRole::user, "2"}, {ColumnRole::item, "1"}, {ColumnRole::time, "4"}};
  EXPECT_EQ(import_text("a.csv", "i,u,5.0,20\nj,u,5.0,10\n", {.columns = columns}).accepted, 2);
  EXPECT_THAT(history("u"), ElementsAre("j", "i"));
  // A header that is there all the same is no row.
  EXPECT_EQ(import_text("b.csv", "item,user,rating,time\nk,u,5.0,30\n", {.columns = columns}).accepted, 1);
  EXPECT_THAT(history("u"), ElementsAre("j", "i", "k"));
}

TEST_F(ImportCsv, ReadsNumbersOnlyAsPositions) {
  // "1" is the number of a column here, not the name of one.
  EXPECT_EQ(
      import_text("a.csv", "1,2\n3,4\n", {.columns = {{ColumnRole::user, "1"}, {ColumnRole::item, "2"}}}).accepted, 2);
}

TEST_F(ImportCsv, CanBeToldThatARoleHasNoColumn) {
  import_text("a.csv", "user,item,time\nu,b,2\nu,a,1\n", {.columns = {{ColumnRole::time, ""}}});
  EXPECT_THAT(history("u"), ElementsAre("b", "a"));
}

TEST_F(ImportCsv, RefusesAColumnThatIsNotThere) {
  EXPECT_THAT(refusal("a.csv", "user,item,t\nu,i,1\n", {.columns = {{ColumnRole::time, "when"}}}),
              HasSubstr("no column \"when\" (--columns time=when)"));
}

TEST_F(ImportCsv, KeepsIdsExactly) {
  const Keys users{"o'neil", "say \"hi\"",          "a,b", " spaced out ",
                   "😀",      "9223372036854775808", "007", "'; DROP TABLE users; --"};
  std::string content = "user,item,time\n";
  for (const std::string& user : users) {
    std::string quoted;
    for (const char c : user) quoted += c == '"' ? "\"\"" : std::string(1, c);
    content += "\"" + quoted + "\",i,1\n";
  }
  EXPECT_EQ(import_text("a.csv", content).accepted, static_cast<std::int64_t>(users.size()));
  for (const std::string& user : users) EXPECT_TRUE(find_user(db_, user).has_value()) << user;
  // Without quotes around them, too.
  import_text("b.csv", "user,item\nx\"y, z \n");
  EXPECT_THAT(history("x\"y"), ElementsAre(" z "));
}

TEST_F(ImportCsv, RejectsBadRowsWithLineAndReason) {
  const std::string long_id(1025, 'x');
  const std::string content =
      "user,item,rating,time\n"  // 1
      "u,ok,4,1\n"               // 2
      "u,i,4\n"                  // 3
      "u,i,4,2,extra\n"          // 4
      "u,i,four,3\n"             // 5
      "u,i,-1,4\n"               // 6
      "u,i,nan,5\n"              // 7
      "u,i,inf,6\n"              // 8
      "u,i,4,yesterday\n"        // 9
      ",i,4,7\n"                 // 10
      "u,,4,8\n"                 // 11
      "u,i,,9\n"                 // 12
      "u,i,4,\n"                 // 13
      "\"open,i,4,10\n"          // 14
      "u,\"i\"x,4,11\n"          // 15
      + long_id +
      ",i,4,12\n"                          // 16
      "u,\xff,4,13\n"                      // 17
      + std::string("u,i\0,4,14\n", 10) +  // 18
      "\n"                                 // 19, blank
      "u,last,4,15\n";                     // 20
  const ImportReport report = import_text("a.csv", content);
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.rejected, 16);
  EXPECT_THAT(history("u"), ElementsAre("ok", "last"));
  EXPECT_EQ(report.first_rejects.size(), 10U);
  EXPECT_EQ(report.first_rejects.front().line, 3);

  std::vector<std::pair<std::int64_t, std::string>> rejects;
  for (Statement query = db_.prepare("SELECT line, reason FROM import_rejects ORDER BY line"); query.step();) {
    rejects.emplace_back(query.integer(0), query.text(1));
  }
  using testing::Pair;
  EXPECT_THAT(
      rejects,
      ElementsAre(Pair(3, HasSubstr("missing fields: 3, expected 4")), Pair(4, HasSubstr("extra fields")),
                  Pair(5, HasSubstr("rating: not a number: \"four\"")), Pair(6, HasSubstr("less than 0")),
                  Pair(7, HasSubstr("not a finite")), Pair(8, HasSubstr("not a finite")), Pair(9, HasSubstr("time:")),
                  Pair(10, "user: empty id"), Pair(11, "item: empty id"), Pair(12, HasSubstr("rating:")),
                  Pair(13, HasSubstr("time:")), Pair(14, HasSubstr("unterminated quote")),
                  Pair(15, HasSubstr("unterminated quote")), Pair(16, HasSubstr("longer than 1024")),
                  Pair(17, HasSubstr("not valid UTF-8")), Pair(18, HasSubstr("NUL byte"))));
  EXPECT_EQ(number("SELECT rejected FROM imports"), 16);
  EXPECT_EQ(number("SELECT max(length(text)) FROM import_rejects"), 200);
}

TEST_F(ImportCsv, AForgottenQuoteCostsOneRowOnly) {
  std::string content = "item,title\n1,\"open\n";
  for (int i = 2; i <= 500; ++i) content += std::to_string(i) + ",\"Title, the " + std::to_string(i) + "th\"\n";
  const ImportReport report = import_text("items.csv", content);
  EXPECT_EQ(report.rejected_attributes, 1);
  EXPECT_EQ(report.accepted_attributes, 499);
  EXPECT_EQ(item("500").title, "Title, the 500th");
}

TEST_F(ImportCsv, ReadsItemsWithAttributes) {
  import_text("items.csv",
              "item_id,title,genres,quality,clickbait,minutes\n"
              "1,\"Good, the \"\"Bad\"\" and\nthe Ugly\",Western|Drama|Western,-0.5,1,161\n"
              "2,Am\xe9lie,(no genres listed),,,\n"
              "3,x,y,2,0,0\n");
  const Item first = item("1");
  EXPECT_EQ(first.title, "Good, the \"Bad\" and\nthe Ugly");
  EXPECT_THAT(first.topics, ElementsAre("Western", "Drama"));
  EXPECT_EQ(first.quality, -0.5);
  EXPECT_EQ(first.clickbait, 1);
  EXPECT_EQ(first.minutes, 161);
  const Item second = item("2");
  EXPECT_EQ(second.title, "Amélie");
  EXPECT_TRUE(second.topics.empty());
  EXPECT_FALSE(second.quality.has_value());
  EXPECT_FALSE(second.minutes.has_value());
  EXPECT_EQ(find_item(db_, "3"), std::nullopt);
  EXPECT_EQ(number("SELECT line FROM import_rejects WHERE reason LIKE 'quality: 2 is not between -1 and 1'"), 5);
}

TEST_F(ImportCsv, LeavesOutLowRatings) {
  const ImportReport report = import_text("a.csv", "user,item,rating\nu,a,2\nu,b,3\nu,c,5\n", {.min_rating = 3});
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.rejected, 0);
  EXPECT_EQ(report.below_min_rating, 1);
  EXPECT_THAT(history("u"), ElementsAre("b", "c"));
}

TEST_F(ImportCsv, ReadsTimesInSecondsMillisecondsAndDates) {
  import_text("a.csv",
              "user,item,time\n"
              "u,a,1714566600\nu,b,1714566601.9\nu,c,1714566602123\nu,d,1.714566603e9\n"
              "u,e,2024-05-01T12:30:04Z\nu,f,2024-05-01 12:30:05.75\nu,g,2024-05-02\nu,h,2024-02-30\nu,i,1e300\n");
  EXPECT_EQ(load_dataset(db_).times, (std::vector<std::int64_t>{1714566600, 1714566601, 1714566602, 1714566603,
                                                                1714566604, 1714566605, 1714608000}));
  EXPECT_EQ(number("SELECT count(*) FROM import_rejects"), 2);
}

}  // namespace
}  // namespace infodiet::recsys
