// RecBole's atomic files, sequences, pairs and JSON lines.
#include <gmock/gmock.h>

#include <cmath>

#include "recsys/store/item_attributes.hpp"
#include "tests/recsys/import/import_fixture.hpp"

namespace infodiet::recsys {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ImportRecBole : public ImportTest {};

TEST_F(ImportRecBole, ReadsAtomicFiles) {
  folder_.write("ml/ml.inter",
                "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
                "196\t242\t3.0\t881250949.0\n196\t302\t3\t8.81250948e+08\n");
  folder_.write("ml/ml.item",
                "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
                "242\tKolya\t1996\tComedy\n302\tL.A. Confidential\t1997\tCrime Film-Noir Mystery Thriller\n");
  folder_.write("ml/ml.user", "user_id:token\tage:token\n196\t49\n197\t23\n");
  const ImportReport report = import_paths(db_, {.paths = {folder_.file("ml")}});
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.users, 2);
  EXPECT_EQ(report.items, 2);
  EXPECT_THAT(history("196"), ElementsAre("302", "242"));
  EXPECT_EQ(item("302").title, "L.A. Confidential");
  EXPECT_THAT(item("302").topics, ElementsAre("Crime", "Film-Noir", "Mystery", "Thriller"));
  EXPECT_THAT(history("197"), ElementsAre());
}

TEST_F(ImportRecBole, RefusesAHeaderWithoutTypesWhenAskedFor) {
  EXPECT_THAT(refusal("a.inter", "user_id\titem_id\n1\t2\n", {.format = ImportFormat::recbole}),
              HasSubstr("not of the format recbole"));
}

class ImportSequence : public ImportTest {};

TEST_F(ImportSequence, KeepsTheOrderOfEveryLine) {
  const ImportReport report = import_text("s.txt", "u1 i3 i1 i2 i1\nu2\ti9\ti3\n\nu1 i7\nu3\n");
  EXPECT_EQ(report.accepted, 7);
  EXPECT_EQ(report.rejected, 1);
  EXPECT_EQ(report.first_rejects.at(0).line, 5);
  EXPECT_THAT(history("u1"), ElementsAre("i3", "i1", "i2", "i1", "i7"));
  EXPECT_THAT(history("u2"), ElementsAre("i9", "i3"));
}

TEST_F(ImportSequence, TakesWordsOnlyWhenTold) {
  const std::string_view prose = "It was the best of times\nit was the worst of times\n";
  EXPECT_THAT(refusal("p.txt", prose), HasSubstr("cannot recognise this file"));
  EXPECT_EQ(import_text("p.txt", prose, {.format = ImportFormat::sequence}).accepted, 10);
  EXPECT_THAT(history("It"), ElementsAre("was", "the", "best", "of", "times"));
}

TEST_F(ImportSequence, DoesNotTakeATableForHistories) {
  EXPECT_EQ(import_text("t.txt", "21 11 5 978300761\n21 12 4 978300760\n22 11 3 978300762\n").accepted, 3);
  EXPECT_THAT(history("21"), ElementsAre("12", "11"));
  // Here the last column may be ratings or items.
  EXPECT_THAT(refusal("u.txt", "21 11 5\n22 12 4\n23 11 3\n"),
              AllOf(HasSubstr("--columns user=1,item=2"), HasSubstr("--format sequence")));
}

TEST_F(ImportSequence, PairsAreOneItemALine) {
  const ImportReport report = import_text("p.txt", "1 30\n2 5\n1 10\n1 20\n1 30\n", {.format = ImportFormat::pairs});
  EXPECT_EQ(report.accepted, 5);
  EXPECT_THAT(history("1"), ElementsAre("30", "10", "20", "30"));
  EXPECT_EQ(import_text("q.txt", "1 40\n1 50 4\n", {.format = ImportFormat::pairs}).rejected, 1);
}

class ImportJsonl : public ImportTest {};

TEST_F(ImportJsonl, ReadsInteractions) {
  const ImportReport report = import_text(
      "r.jsonl",
      R"({"reviewerID": "A1", "asin": "B2", "overall": 5.0, "unixReviewTime": 1400000000, "reviewText": "a \"quote\""})"
      "\n"
      R"({"reviewerID": "A1", "asin": "B1", "overall": 4, "unixReviewTime": "1300000000"})"
      "\n"
      R"({"reviewerID": 18446744073709551615, "asin": "\u00e9\ud83d\ude00", "overall": null, "unixReviewTime": 1300000001})"
      "\n");
  EXPECT_EQ(report.accepted, 3);
  EXPECT_THAT(history("A1"), ElementsAre("B1", "B2"));
  EXPECT_THAT(history("18446744073709551615"), ElementsAre("é😀"));
}

TEST_F(ImportJsonl, ARowWithoutATimeIsRejectedWhereOthersHaveOne) {
  const std::string_view lines =
      "{\"user\": \"u\", \"item\": \"a\", \"time\": 1700000000}\n{\"user\": \"u\", \"item\": \"b\"}\n"
      "{\"user\": \"u\", \"item\": \"c\", \"time\": null}\n";
  EXPECT_EQ(import_text("r.jsonl", lines).rejected, 2);
  EXPECT_EQ(import_text("r.csv", "user,item,time\nv,a,1700000000\nv,b,\n").rejected, 1);
  EXPECT_EQ(import_text("s.jsonl", lines, {.columns = {{ColumnRole::time, ""}}}).rejected, 0);
}

TEST_F(ImportJsonl, ReadsItems) {
  import_text("i.jsonl", R"({"item": 7, "title": "Seven", "topics": ["crime", "crime", 3, "drama"], "minutes": 127.5})"
                         "\n"
                         R"({"item": "8", "title": "Eight", "topics": "sport"})"
                         "\n");
  EXPECT_EQ(item("7").title, "Seven");
  EXPECT_THAT(item("7").topics, ElementsAre("crime", "drama"));
  EXPECT_EQ(item("7").minutes, 127.5);
  EXPECT_THAT(item("8").topics, ElementsAre("sport"));
}

TEST_F(ImportJsonl, RejectsWhatIsNoRow) {
  const std::string nested(50'000, '[');
  const ImportReport report = import_text("r.jsonl", R"({"user": "u", "item": "i", "time": 1})"
                                                     "\n"
                                                     R"({"user": "u", "item": )"
                                                     "\n"
                                                     R"(["u", "i"])"
                                                     "\n"
                                                     R"({"user": "u"})"
                                                     "\n"
                                                     R"({"item": "i"})"
                                                     "\n"
                                                     R"({"user": 1.5, "item": "i"})"
                                                     "\n"
                                                     R"({"user": "u", "item": ["i"]})"
                                                     "\n"
                                                     R"({"user": "u", "item": "i", "time": true})"
                                                     "\n"
                                                     R"({"user": "a\u0000b", "item": "i"})"
                                                     "\n" +
                                                         nested + "\n");
  EXPECT_EQ(report.accepted, 1);
  EXPECT_EQ(report.rejected, 9);
}

class ImportAttributes : public ImportTest {
 protected:
  std::vector<std::string> attributes_of(std::string_view key) const {
    Statement query = db_.prepare("SELECT name, value FROM item_attributes WHERE item_id = ? ORDER BY name, value");
    query.bind(find_item(db_, key).value());
    std::vector<std::string> all;
    while (query.step()) all.push_back(std::string(query.text(0)) + "=" + std::string(query.text(1)));
    return all;
  }
};

TEST_F(ImportAttributes, KeepsColumnsOfItemsThatHaveNoRoleOfTheirOwn) {
  const std::string content =
      "item_id,title,brand,colours,link\na,Alpha,Acme,red|blue,https://x.example/a\n"
      "b,Beta,,red,https://x.example/b\nc,Gamma,Acme,NA,\n";
  const ImportReport report = import_text("items.csv", content);
  EXPECT_EQ(report.accepted_attributes, 3);
  EXPECT_THAT(attributes_of("a"), ElementsAre("brand=Acme", "colours=blue", "colours=red"));
  EXPECT_THAT(attributes_of("b"), ElementsAre("colours=red"));
  EXPECT_THAT(attributes_of("c"), ElementsAre("brand=Acme"));
  import_text("again.csv", "item_id,title,brand\na,Alpha,Bolt\nb,Beta,Bolt\n");
  EXPECT_THAT(attributes_of("a"), ElementsAre("brand=Bolt", "colours=blue", "colours=red")) << "of a name the latest";
}

TEST_F(ImportAttributes, ReadsOneObjectOfItemsAndLists) {
  const ImportReport report = import_text("attributes.json", R"({"4": [1, 2, "x y"], "83": [], "é": [2, true, null]})");
  EXPECT_EQ(report.accepted_attributes, 3);
  EXPECT_THAT(attributes_of("4"), ElementsAre("attribute=1", "attribute=2", "attribute=x y"));
  EXPECT_THAT(attributes_of("83"), ElementsAre());
  EXPECT_THAT(attributes_of("é"), ElementsAre("attribute=2", "attribute=true"));
}

TEST_F(ImportAttributes, DescribeTheItemsOfALog) {
  import_text("log.csv", "user,item,time\nu,4,1700000000\nu,83,1700000060\n");
  const ImportReport report = import_text("attributes.json", R"({"4": [1, 2], "83": []})");
  EXPECT_EQ(report.attributes->items_in_log, 2);
  EXPECT_EQ(report.attributes->described_in_log, 1);
}

TEST_F(ImportAttributes, TakesNothingElseForItemsAndLists) {
  for (const char* other : {R"({"a": [1]})", R"({"a": [1], "b": 2})", R"({"a": [[1]], "b": [2]})",
                            R"({"a": {"x": 1}, "b": [2]})", R"({"a": [1], "b": [2)", "{"}) {
    EXPECT_THAT(refusal("other.json", other), HasSubstr("cannot recognise this file")) << other;
  }
  std::string cut = "{";
  for (int item = 0; item < 30; ++item) cut += "\"i" + std::to_string(item) + "\": [1], ";
  const ImportReport report = import_text("cut.json", cut + "\"last\": [");
  EXPECT_EQ(report.accepted_attributes, 30);
  EXPECT_EQ(report.rejected_attributes, 1);
}

TEST_F(ImportAttributes, WeighValuesByHowFewItemsHaveThem) {
  import_text("attributes.json",
              R"({"a": ["x", "rare"], "b": ["x", "rare"], "c": ["x", "own"], "d": ["y"], "e": ["y"]})");
  const SparseRows rows = load_item_attributes(db_);
  ASSERT_EQ(rows.offsets.size(), 6U);
  ASSERT_EQ(rows.row(0).size(), 2U);
  ASSERT_EQ(rows.row(2).size(), 1U) << "what one item has says nothing of others";
  EXPECT_NEAR(rows.row(2)[0].value, 1, 1e-6);
  const double x = std::log(5.0 / 3);
  const double rare = std::log(5.0 / 2);
  EXPECT_NEAR(rows.row(0)[0].value, rare / std::hypot(x, rare), 1e-6);
  EXPECT_NEAR(rows.row(0)[1].value, x / std::hypot(x, rare), 1e-6);
}

TEST_F(ImportAttributes, ThatAllItemsHaveSayNothing) {
  import_text("attributes.json", R"({"a": ["x", "y"], "b": ["x", "y"], "c": ["x"]})");
  const SparseRows rows = load_item_attributes(db_);
  EXPECT_EQ(rows.row(0).size(), 1U);
  EXPECT_EQ(rows.row(2).size(), 0U);
  for (const SparseRows::Entry& entry : rows.entries) EXPECT_GT(entry.value, 0);
}

}  // namespace
}  // namespace infodiet::recsys
