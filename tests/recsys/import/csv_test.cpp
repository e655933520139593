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
  // A header is not a row even if columns are given.
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
  EXPECT_EQ(report.accepted, 5);
  EXPECT_EQ(report.rejected, 13);
  EXPECT_THAT(history("u"), ElementsAre("ok", "i", "i", "i", "last"));
  EXPECT_EQ(report.first_rejects.size(), 10U);
  EXPECT_EQ(report.first_rejects.front().line, 3);

  std::vector<std::pair<std::int64_t, std::string>> rejects;
  for (Statement query = db_.prepare("SELECT line, reason FROM import_rejects ORDER BY line"); query.step();) {
    rejects.emplace_back(query.integer(0), query.text(1));
  }
  using testing::Pair;
  EXPECT_THAT(rejects,
              ElementsAre(Pair(3, HasSubstr("missing fields: 3, expected 4")),
                          Pair(4, HasSubstr("extra fields: 5, expected 4")),
                          Pair(5, HasSubstr("rating: not a number: \"four\"")), Pair(8, HasSubstr("not a finite")),
                          Pair(9, HasSubstr("time:")), Pair(10, "user: empty id"), Pair(11, "item: empty id"),
                          Pair(13, HasSubstr("time:")), Pair(14, HasSubstr("unterminated quote")),
                          Pair(15, HasSubstr("unterminated quote")), Pair(16, HasSubstr("longer than 1024")),
                          Pair(17, HasSubstr("not valid UTF-8")), Pair(18, HasSubstr("NUL byte"))));
  EXPECT_EQ(number("SELECT rejected FROM imports"), 13);
  // -1 on a scale that starts at 1 otherwise, nan and nothing at all.
  EXPECT_EQ(number("SELECT count(*) FROM interactions WHERE rating IS NULL"), 3);
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
  EXPECT_EQ(number("SELECT line FROM import_rejects WHERE reason LIKE 'quality: not between -1 and 1: _2_'"), 5);
}

TEST_F(ImportCsv, LeavesOutLowRatings) {
  const ImportReport report = import_text("a.csv", "user,item,rating\nu,a,2\nu,b,3\nu,c,5\n", {.min_rating = 3});
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.rejected, 0);
  EXPECT_EQ(report.below_min_rating, 1);
  EXPECT_THAT(history("u"), ElementsAre("b", "c"));
}

TEST_F(ImportCsv, NullMarksAreNoIds) {
  const ImportReport report = import_text(
      "a.csv", "user,item,time\nNaN,a,1\n,a,2\nNone,a,3\nnull,a,4\nu,\\N,5\nu,<NA>,6\nu,N/A,7\nu,NA,8\nu,Nan1,9\n");
  EXPECT_EQ(report.accepted, 1);
  ASSERT_EQ(report.rejects.size(), 2U) << "one group for users, one for items";
  EXPECT_EQ(report.rejects[0].count, 4);
  EXPECT_EQ(report.rejects[0].first.size(), 3U);
}

TEST_F(ImportCsv, ReadsWhatSpreadsheetsAndScriptsWrite) {
  import_text("spaces.csv", "user_id, item_id, rating\n1, 10, 4\n1, 11, 5\n");
  EXPECT_EQ(history("1"), (Keys{"10", "11"}));
  import_text("german.csv", "user_id;item_id;rating\n2;-5;4,5\n2;6;2,5\n");
  EXPECT_EQ(number("SELECT sum(rating * 10) FROM interactions JOIN users ON users.id = user_id WHERE key = '2'"), 70);
  import_text("trailing.csv", "user_id,item_id\n3,10,\n3,11,\n");
  EXPECT_EQ(history("3"), (Keys{"10", "11"}));
  import_text("comments.csv", "# exported\n# 2024\nuser_id,item_id\n4,10\n# more\n4,11\n");
  EXPECT_EQ(history("4"), (Keys{"10", "11"}));
  import_text("named.txt", "# user item time\n5 b 1700000001\n5 a 1700000000\n");
  EXPECT_EQ(history("5"), (Keys{"a", "b"}));
  const std::string_view utf16("\xff\xfeu\0s\0e\0r\0,\0i\0t\0e\0m\0\n\0\xe4\0\x36\0,\0\x3d\xd8\x00\xde\n\0", 34);
  import_text("utf16.csv", utf16);
  EXPECT_EQ(history("ä6"), Keys{"😀"});
  EXPECT_THAT(refusal("twice.csv", "user,item,user\n1,2,3\n"), HasSubstr("names the column \"user\" twice"));
}

TEST_F(ImportCsv, TellsWhichRatingsAreNone) {
  const auto not_rated = [&](std::string_view ratings) {
    std::string content = "user,item,rating\n";
    for (std::size_t i = 0; i < ratings.size(); i += 3)
      content += "u,i" + std::to_string(i) + "," + std::string(ratings.substr(i, 2)) + "\n";
    const test::TemporaryFolder folder;
    Database db = Database::in_memory();
    return import_paths(db, {.paths = {folder.write("r.csv", content)}}).imported_files.at(0).understanding.not_rated;
  };
  EXPECT_EQ(not_rated("-1 08 10"), -1);
  EXPECT_EQ(not_rated("00 05 07"), 0);
  EXPECT_EQ(not_rated("00 01 01"), std::nullopt) << "yes and no";
  EXPECT_EQ(not_rated("-1 01 01"), std::nullopt) << "thumbs down and up";
  EXPECT_EQ(not_rated("-1 00 05"), std::nullopt) << "a scale around 0";
  EXPECT_EQ(not_rated("-9 09 -3"), std::nullopt) << "Jester's";
  EXPECT_THAT(refusal("a.csv", "user,item\nu,i\n", {.min_rating = 3}), HasSubstr("rating=NAME"));
}

TEST_F(ImportCsv, FindsAMarkOfNoRatingWhereverItStands) {
  std::string content = "user,item,rating\n";
  for (int i = 0; i < 30'000; ++i) content += "u,i" + std::to_string(i) + "," + std::to_string(1 + i % 5) + "\n";
  content.insert(content.find("u,i20001,"), "u,rare,0\n");
  const ImportReport report = import_text("a.csv", content);
  EXPECT_EQ(number("SELECT count(*) FROM interactions WHERE rating IS NULL"), 1);
  EXPECT_THAT(report.imported_files.at(0).notes, testing::Contains(HasSubstr("a rating of 0 means not rated")));
}

TEST_F(ImportCsv, SplitsTopicsAsMostRowsHaveThem) {
  import_text("a.csv", "item,genres\n1,\"Drama, Romance\"\n2,\"Comedy, Drama\"\n3,Drama\n4,\n5,\"Crime, Drama\"\n");
  EXPECT_THAT(item("1").topics, ElementsAre("Drama", "Romance"));
  EXPECT_THAT(item("3").topics, ElementsAre("Drama"));
  import_text("b.csv", "item,genres\n6,\"['Drama', 'Romance']\"\n7,\"[\"\"Crime\"\"]\"\n8,[]\n");
  EXPECT_THAT(item("6").topics, ElementsAre("Drama", "Romance"));
  EXPECT_THAT(item("7").topics, ElementsAre("Crime"));
  EXPECT_THAT(item("8").topics, ElementsAre());
  import_text("c.csv", "item,genres\n9,\"Children, Family\"\n10,Drama\n11,Crime\n");
  EXPECT_THAT(item("9").topics, ElementsAre("Children, Family")) << "one comma is part of a name";
  import_text("d.csv", "item,genres\n12,a/b\n13,c\n", {.topic_separator = "/"});
  EXPECT_THAT(item("12").topics, ElementsAre("a", "b"));
}

TEST_F(ImportCsv, ReadsTablesWithoutAHeaderByWhatTheyHold) {
  import_text("a.txt", "1 1 2\n1 2 4\n1 3 3.5\n");
  EXPECT_EQ(history("1"), (Keys{"1", "2", "3"}));
  import_text("b.csv", "u2;900;4;2024-01-02\nu2;901;5;2024-01-01\n");
  EXPECT_EQ(history("u2"), (Keys{"901", "900"}));
  import_text("c.txt", "9::20::3\n9::21::4\n", {.columns = {{ColumnRole::user, "1"}, {ColumnRole::item, "2"}}});
  EXPECT_EQ(history("9"), (Keys{"20", "21"}));
  // Without the column that is left out, the others are still found.
  import_text("d.csv", "u4,900,4.5\n", {.columns = {{ColumnRole::rating, ""}}});
  EXPECT_EQ(history("u4"), Keys{"900"});
  EXPECT_THAT(refusal("e.csv", "who,what,when\nann,x,1700000000\n"), HasSubstr("there are: who, what, when"));
  EXPECT_THAT(refusal("f.csv", "user,item,t\nu,i,1\n", {.columns = {{ColumnRole::time, "when"}}}),
              HasSubstr("has user, item, t"));
}

TEST_F(ImportCsv, ReadsWhatKeepsAnItemFromBeingShown) {
  const ImportReport report = import_text("items.csv",
                                          "item,title,hidden,available,Available "
                                          "From,available_until\na,A,1,,,\nb,B,0,no,,\nc,C,,yes,2024-01-02,1704240000\n"
                                          "d,D,,,,\ne,E,maybe,,,\nf,F,,,soon,\n");
  EXPECT_EQ(report.accepted_attributes, 4);
  EXPECT_EQ(report.rejected_attributes, 2);
  EXPECT_TRUE(item("a").hidden);
  EXPECT_TRUE(item("b").hidden) << "not available";
  EXPECT_FALSE(item("c").hidden);
  EXPECT_EQ(item("c").available_from, 1704153600);
  EXPECT_EQ(item("c").available_until, 1704240000);
  EXPECT_TRUE(item("c").shown_at(1704153600));
  EXPECT_FALSE(item("c").shown_at(1704153599));
  EXPECT_FALSE(item("c").shown_at(1704240000));
  EXPECT_FALSE(item("d").hidden);
  import_text("again.csv", "item,title\na,Alpha\nc,Gamma\n");
  EXPECT_TRUE(item("a").hidden) << "a column that is not there says nothing";
  EXPECT_EQ(item("c").available_from, 1704153600);
  import_text("shown.csv", "item,hidden\na,false\n");
  EXPECT_FALSE(item("a").hidden);
}

TEST_F(ImportCsv, SaysWhatItUnderstood) {
  const std::string log = folder_.write("log.csv", "user,item,rating,junk\nu,1.0,4,x\n");
  const std::string items = folder_.write("items.csv", "item,title\n1,One\n2,Two\n");
  const ImportReport report = import_paths(db_, {.paths = {log, items}, .dry_run = true});
  const Understanding& known = report.imported_files.at(1).understanding;
  EXPECT_THAT(known.names, ElementsAre("user", "item", "rating", "junk"));
  EXPECT_THAT(known.uses, ElementsAre("user", "item", "rating", ""));
  ASSERT_TRUE(report.attributes);
  EXPECT_EQ(report.attributes->items_in_log, 1);
  EXPECT_EQ(report.attributes->described_in_log, 0);
  EXPECT_EQ(report.attributes->described_elsewhere, 2);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("\"1.0\"")));
  EXPECT_THAT(report.imported_files.at(1).first_rows, ElementsAre("user u, item 1.0, rated 4"));
  EXPECT_EQ(number("SELECT count(*) FROM imports"), 0) << "a dry run stores nothing";
}

// Column names as shops use them.
TEST_F(ImportCsv, ReadsAShop) {
  import_paths(db_, {.paths = {folder_.write("log.csv",
                                             "event_time;event_type;customer_no;sku;session\n"
                                             "2024-01-02 10:00:00;view;c1;S-1;a\n2024-01-02 10:05:00;cart;c1;S-2;a\n"),
                               folder_.write("products.csv",
                                             "sku;product_name;category_path;price;discontinued\n"
                                             "S-1;Lamp;Home > Light, Inside > Lamps;10,5;0\n"
                                             "S-2;Bulb;Home > Light, Inside;1,5;1\n")}});
  EXPECT_THAT(history("c1"), ElementsAre("S-1", "S-2"));
  EXPECT_THAT(item("S-1").topics, ElementsAre("Home", "Light, Inside", "Lamps"));
  EXPECT_EQ(number("SELECT hidden FROM items WHERE key = 'S-1'"), 0);
  EXPECT_EQ(number("SELECT hidden FROM items WHERE key = 'S-2'"), 1);
  EXPECT_THAT(
      refusal("some.csv", "customer_no,thing,price\n1,a,2\n2,b,3\n"),
      AllOf(HasSubstr("which column holds items (people are in \"customer_no\")"), HasSubstr("--columns item=NAME")));
}

TEST_F(ImportCsv, SplitsPathsWhereMostTopicsAreSome) {
  import_text("items.csv", "item_id,title,category\n1,A,Home/Garden/Tools\n2,B,Home/Kitchen\n3,C,Toys\n");
  EXPECT_THAT(item("1").topics, ElementsAre("Home", "Garden", "Tools"));
  import_text("more.csv", "item_id,title,genres\n4,A,Sci-Fi/Fantasy\n5,B,Drama\n6,C,Comedy\n");
  EXPECT_THAT(item("4").topics, ElementsAre("Sci-Fi/Fantasy"));
}

TEST_F(ImportCsv, DropsBlanksThatStandAroundEveryValue) {
  import_text("a.csv", "user_id,item_id,rating\nu1, i1, 4\nu2, i2, 5\n");
  EXPECT_THAT(history("u1"), ElementsAre("i1"));
  import_text("b.csv", "v1, i1, 4.5, 1700000000\nv2, i2, 5.0, 1700000100\nv1, i2, 3.0, 1700000200\n");
  EXPECT_THAT(history("v1"), ElementsAre("i1", "i2"));
  import_text("c.csv", "user_id,item_id\nw1, i1\nw1,i1\n");
  EXPECT_THAT(history("w1"), ElementsAre(" i1", "i1")) << "here some have them and some have not";
}

TEST_F(ImportCsv, BlanksSeparateOnlyWhereNothingElseDoes) {
  const ColumnNames columns{{ColumnRole::user, "1"}, {ColumnRole::item, "2"}};
  import_text("a.csv", "u 1,i 1\nu 2,i 2\nu 1,i 2\n", {.columns = columns});
  EXPECT_THAT(history("u 1"), ElementsAre("i 1", "i 2"));
  import_text("b.txt", "v1 i1 4,5 1700000000\nv1 i2 3,0 1700000001\n", {.columns = columns});
  EXPECT_THAT(history("v1"), ElementsAre("i1", "i2")) << "these commas are of decimals";
}

TEST_F(ImportCsv, ReadsRowsThatEndWithASeparatorWithoutAHeaderToo) {
  EXPECT_EQ(
      import_text("ratings.dat", "1::10::5::978300760::\n2::20::3::978302109::\n1::20::4::978302209::\n").accepted, 3);
  EXPECT_THAT(history("1"), ElementsAre("10", "20"));
}

TEST_F(ImportCsv, PutsADayAndItsTimeTogether) {
  import_text("a.csv", "user,item,Date,Time\nu,b,2024-01-02,10:00\nu,a,2024-01-02,9:05 AM\nu,c,2024-01-03,\n");
  EXPECT_THAT(history("u"), ElementsAre("a", "b", "c"));
  EXPECT_EQ(load_dataset(db_).times, (std::vector<std::int64_t>{1704186300, 1704189600, 1704240000}));
}

TEST_F(ImportCsv, ReadsLinesThatEndWithACarriageReturn) {
  EXPECT_EQ(import_text("mac.csv", "user,item,time\ru,b,1700000001\ru,a,1700000000\r").accepted, 2);
  EXPECT_THAT(history("u"), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace infodiet::recsys
