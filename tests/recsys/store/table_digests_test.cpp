#include "recsys/store/table_digests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/entries.hpp"
#include "recsys/store/feedback.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/outputs.hpp"
#include "recsys/store/schema.hpp"
#include "recsys/store/searches.hpp"
#include "recsys/store/settings.hpp"
#include "recsys/store/slates.hpp"
#include "tests/recsys/store/some_tensors.hpp"
#include "tests/support/old_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Problems = std::vector<std::string>;

// Something in every table.
std::string full_file(const test::TemporaryFolder& folder) {
  const std::string path = folder.file("full.db");
  test::make_old_file(path, 8);
  {
    Database db(path, OpenMode::read_write);
    publish_model(db, {.name = "m"}, test::some_tensors);
    set_setting(db, "a", "b");
    Transaction transaction(db);
    db.execute("INSERT INTO item_attributes (item_id, name, value) SELECT id, 'brand', 'Acme' FROM items LIMIT 1");
    db.execute("INSERT INTO item_vectors (item_id, vector) SELECT id, x'0000803f' FROM items LIMIT 1");
    const std::vector<double> items = {1, 2};
    SlateWriter(db, {.policy = "p"}).add({.candidates = items, .slate = items, .probability = 0.5});
    transaction.commit();
  }
  record_output(path, "report", folder.write("report.html", ""));
  Database db(path, OpenMode::read_write);
  store_search(db, {.configuration = "{}", .data_fingerprint = "d", .holdout = "last", .trials = {{.settings = "s"}}});
  return path;
}

std::vector<std::pair<std::string, std::string>> columns_of(const std::string& path) {
  const Database db(path, OpenMode::read_only);
  std::vector<std::pair<std::string, std::string>> columns;
  for (Statement query = db.prepare("SELECT t.name, c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c"
                                    " WHERE t.schema = 'main' AND t.type <> 'virtual' AND t.name NOT GLOB 'sqlite_*'");
       query.step();) {
    columns.emplace_back(query.text(0), query.text(1));
  }
  return columns;
}

// As no program of ours does.
void change(const std::string& path, const std::string& sql) {
  sqlite3* file = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &file), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(file, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(file) << sql;
  ASSERT_GT(sqlite3_changes(file), 0) << sql;
  sqlite3_close(file);
}

TEST(TableDigests, NoticeAChangeOfAnyColumnOfAnyTable) {
  const test::TemporaryFolder folder;
  const std::string whole = full_file(folder);
  ASSERT_EQ(check_database(whole), Problems());
  const std::string path = folder.file("changed.db");
  std::size_t changed = 0;
  for (const auto& [table, column] : columns_of(whole)) {
    std::filesystem::copy_file(whole, path, std::filesystem::copy_options::overwrite_existing);
    const std::string value = "\"" + column + "\"";
    const std::string other = "CASE typeof(" + value + ") WHEN 'text' THEN " + value +
                              " || 'x' WHEN 'blob' THEN x'00' WHEN 'null' THEN 0 ELSE " + value + " + 1000 END";
    SCOPED_TRACE(table + "." + column);
    change(path, "PRAGMA ignore_check_constraints = ON; UPDATE " + table + " SET " + value + " = " + other + " WHERE " +
                     value + " IS (SELECT " + value + " FROM " + table + " LIMIT 1)");
    const Problems problems = check_database(path);
    const std::string name = "the table " + (table == "table_digests" ? std::string() : table + " ");
    const bool is_named = std::any_of(problems.begin(), problems.end(), [&](const std::string& problem) {
      return problem.find(name) != std::string::npos;
    });
    EXPECT_TRUE(is_named) << testing::PrintToString(problems);
    ++changed;
  }
  EXPECT_GT(changed, 80U);
}

TEST(TableDigests, SayHowManyRowsAreMissingAndWhatToDo) {
  const test::TemporaryFolder folder;
  const std::string path = full_file(folder);
  change(path, "DELETE FROM interactions WHERE sequence = 1 AND user_id = 1");
  EXPECT_THAT(check_database(path),
              ElementsAre(testing::AllOf(HasSubstr("the table interactions is damaged"),
                                         HasSubstr("3 rows, expected 4"), HasSubstr("import the data again"))));
}

TEST(TableDigests, AreKeptByEverythingThatChangesRows) {
  const test::TemporaryFolder folder;
  const std::string path = full_file(folder);
  Database db(path, OpenMode::read_write);
  const auto expect_sound = [&](const char* after) { EXPECT_EQ(check_database(path), Problems()) << after; };
  {
    CatalogueWriter writer(db);
    for (int i = 0; i < 100; ++i) {
      writer.add({.user_id = writer.user(std::to_string(i % 7)),
                  .item_id = writer.item(std::to_string(i % 9)),
                  .time = i,
                  .rating = i * 0.5});
    }
    writer.commit();
  }
  expect_sound("writing histories");
  put_feedback(db, {.event = "like", .user = "3", .item = "new", .time = 7, .nanoseconds = 1}, Earlier::repeat);
  put_feedback(db, {.event = "like", .user = "3", .item = "new", .time = 8}, Earlier::overwrite);
  expect_sound("feedback");
  delete_feedback(db, {.event = "like", .user = "3", .item = "new"});
  expect_sound("deleting feedback");
  publish_model(db, {.name = "m"}, test::some_tensors);
  save_checkpoint(db, {.name = "m"}, test::some_tensors);
  expect_sound("publishing");
  delete_checkpoint(db, "m");
  remove_model(db, 2);
  expect_sound("removing models");
  set_setting(db, "a", "c");
  delete_setting(db, "a");
  expect_sound("settings");
  forget_user(db, "3");
  expect_sound("forgetting");
}

TEST(TableDigests, AreThoseOfWhatIsCommitted) {
  const test::TemporaryFolder folder;
  const std::string path = full_file(folder);
  Database db(path, OpenMode::read_write);
  {
    const Transaction undone(db);
    set_setting(db, "a", "undone");
  }
  Transaction outer(db);
  set_setting(db, "b", "kept");
  {
    const Transaction undone(db);
    set_setting(db, "c", "undone");
  }
  outer.commit();
  EXPECT_EQ(check_database(path), Problems());
  EXPECT_EQ(get_setting(db, "a"), "b");
  EXPECT_EQ(get_setting(db, "b"), "kept");
}

}  // namespace
}  // namespace infodiet::recsys
