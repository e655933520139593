#include "recsys/store/title_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/entries.hpp"
#include "recsys/store/schema.hpp"
#include "tests/support/old_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Database made() {
  Database db = Database::in_memory();
  CatalogueWriter writer(db);
  writer.put_item({.key = "1", .title = "The gene switches affair in Ghent, part 1"});
  writer.put_item({.key = "2", .title = "The gene switches affair in Ghent, part 2"});
  writer.put_item({.key = "3", .title = "Crème Brûlée: a \"sweet\" story"});
  writer.put_item({.key = "4"});
  for (const char* user : {"reader-1", "reader-10", "reader-2", "Reader-1", "読者"}) writer.user(user);
  writer.commit();
  return db;
}

std::vector<std::string> keys(const Database& db, std::string_view words, std::size_t most = 10) {
  std::vector<std::string> found;
  for (const FoundItem& item : find_titles(db, words, most)) found.push_back(item.key);
  return found;
}

TEST(TitleIndex, FindsEveryWordByItsBeginningWhateverCaseAndAccents) {
  const Database db = made();
  EXPECT_THAT(keys(db, "switch ghent"), UnorderedElementsAre("1", "2"));
  EXPECT_THAT(keys(db, "GENE 2"), ElementsAre("2"));
  EXPECT_THAT(keys(db, "creme brulee"), ElementsAre("3"));
  EXPECT_THAT(keys(db, "gene sweet"), IsEmpty());
  EXPECT_EQ(keys(db, "gene", 1).size(), 1U);
}

TEST(TitleIndex, FindsItemsWithoutATitleByTheirIds) {
  Database db = made();
  CatalogueWriter writer(db);
  writer.put_item({.key = "Dark: Season 1: Secrets"});
  writer.put_item({.key = "100%_sure"});
  writer.commit();
  EXPECT_THAT(keys(db, "dark secrets"), ElementsAre("Dark: Season 1: Secrets"));
  EXPECT_THAT(keys(db, "dark lies"), IsEmpty());
  EXPECT_THAT(keys(db, "0%_s"), ElementsAre("100%_sure"));
  EXPECT_THAT(keys(db, "1%e"), IsEmpty());
  EXPECT_EQ(keys(db, "a", 1).size(), 1U);
}

TEST(TitleIndex, TakesNoWordForAnOperator) {
  const Database db = made();
  EXPECT_THAT(keys(db, "\"sweet\""), ElementsAre("3"));
  for (const char* words : {"", " ", "\"", "*", "(", "NOT", "title:", "sweet OR gene", "-", "NEAR(", "^", "'", "!!!"}) {
    EXPECT_THAT(keys(db, words), IsEmpty()) << words;
  }
}

TEST(TitleIndex, FollowsWhatItemsAreCalled) {
  Database db = made();
  put_item_entry(db, "4", {.title = "Rye"});
  put_item_entry(db, "1", {.title = "Wheat"});
  put_item_entry(db, "2", {.comment = "no title here"});
  EXPECT_THAT(keys(db, "rye"), ElementsAre("4"));
  EXPECT_THAT(keys(db, "wheat"), ElementsAre("1"));
  EXPECT_THAT(keys(db, "gene"), ElementsAre("2"));
  remove_item(db, "4");
  EXPECT_THAT(keys(db, "rye"), IsEmpty());
  {
    CatalogueWriter writer(db);
    writer.put_item({.key = "2", .title = "Barley"});
    // Undone.
  }
  EXPECT_THAT(keys(db, "gene"), ElementsAre("2"));
  CatalogueWriter writer(db);
  writer.put_item({.key = "2", .title = "Barley"});
  writer.commit();
  EXPECT_THAT(keys(db, "gene"), IsEmpty());
  EXPECT_THAT(keys(db, "barley"), ElementsAre("2"));
}

TEST(TitleIndex, FindsPeopleByTheBeginningOfTheirIds) {
  const Database db = made();
  EXPECT_THAT(find_users(db, "reader-1", 10), ElementsAre("reader-1", "reader-10"));
  EXPECT_THAT(find_users(db, "reader", 2), ElementsAre("reader-1", "reader-10"));
  EXPECT_THAT(find_users(db, "読", 10), ElementsAre("読者"));
  EXPECT_THAT(find_users(db, "%", 10), IsEmpty());
}

TEST(TitleIndex, IsMadeInAFileOfVersionTen) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, 10);
  const Database db(path, OpenMode::read_only);
  EXPECT_EQ(check_identity(db), schema_version);
  EXPECT_THAT(keys(db, "green tea"), ElementsAre("tea"));
}

}  // namespace
}  // namespace infodiet::recsys
