#include "recsys/store/entries.hpp"

#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/feedback.hpp"
#include "recsys/store/history_reader.hpp"
#include "recsys/store/load_dataset.hpp"
#include "tests/support/old_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

TEST(Entries, AFileOfVersionTwoIsBroughtUpToDate) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, 2);
  const Database db(path, OpenMode::read_only);
  EXPECT_EQ(check_database(path), std::vector<std::string>());
  const ItemEntry item = find_item_entry(db, "a").value();
  EXPECT_EQ(item.title, "Alpha");
  EXPECT_EQ(item.topics, (std::vector<std::string>{"x", "y"}));
  EXPECT_FALSE(item.hidden);
  EXPECT_FALSE(item.listed.has_value());
  EXPECT_EQ(item.labels, "[]");
  const FeedbackPage page = list_feedback(db, {.user = "ann"}, {}, 10);
  ASSERT_EQ(page.feedback.size(), 2U);
  EXPECT_EQ(page.feedback[0], (Feedback{.user = "ann", .item = "a", .time = 1700000000}));
}

TEST(Entries, WhatIsPutIsFoundAndTheRestStays) {
  Database db = Database::in_memory();
  put_item_entry(db, "a", {.title = "Alpha", .topics = {{"x", "y"}}, .listed = 5, .labels = "[\"l\"]"});
  put_item_entry(db, "a", {.hidden = true, .comment = "c"});
  const ItemEntry item = find_item_entry(db, "a").value();
  EXPECT_EQ(item.title, "Alpha");
  EXPECT_TRUE(item.hidden);
  EXPECT_EQ(item.topics, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(item.listed, 5);
  EXPECT_EQ(item.labels, "[\"l\"]");
  EXPECT_EQ(item.comment, "c");
  put_user_entry(db, "ann", {.labels = "[1]"});
  put_user_entry(db, "ann", {.comment = "hm"});
  EXPECT_EQ(find_user_entry(db, "ann")->labels, "[1]");
  EXPECT_EQ(find_user_entry(db, "ann")->comment, "hm");
  EXPECT_FALSE(find_user_entry(db, "bob"));
  EXPECT_THROW(put_user_entry(db, "", {}), DataError);
}

TEST(Entries, ARemovedItemIsGoneForGoodAndHistoriesKeepIt) {
  Database db = Database::in_memory();
  put_item_entry(db, "a", {.title = "Alpha", .topics = {{"x"}}, .listed = 5});
  put_feedback(db, {.event = "read", .user = "ann", .item = "a", .time = 7}, Earlier::keep);
  {
    Transaction transaction(db);
    db.execute("INSERT INTO item_attributes (item_id, name, value) VALUES (1, 'brand', 'Acme')");
    db.execute("INSERT INTO item_vectors (item_id, vector) VALUES (1, x'0000803f')");
    transaction.commit();
  }
  EXPECT_TRUE(remove_item(db, "a"));
  Statement known = db.prepare("SELECT 1 FROM item_attributes UNION ALL SELECT 1 FROM item_vectors");
  EXPECT_FALSE(known.step());
  EXPECT_FALSE(remove_item(db, "a"));
  EXPECT_FALSE(remove_item(db, "b"));
  EXPECT_FALSE(find_item_entry(db, "a"));
  EXPECT_TRUE(was_removed(db, "a"));
  EXPECT_TRUE(latest_items(db, {}, 0, 10).empty());
  EXPECT_EQ(list_items(db).at(0).title, std::nullopt);
  StoredHistory history;
  ASSERT_TRUE(HistoryReader(db).read("ann", history));
  EXPECT_EQ(history.item_ids.size(), 1U);
}

TEST(Entries, PagesHoldEverythingOnce) {
  Database db = Database::in_memory();
  for (int i = 0; i < 7; ++i) put_user_entry(db, "u" + std::to_string(i), {});
  std::vector<std::string> seen;
  std::optional<std::int64_t> after = 0;
  while (after) {
    const EntryPage<UserEntry> page = list_user_entries(db, *after, 3);
    for (const UserEntry& user : page.entries) seen.push_back(user.key);
    after = page.next;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"u0", "u1", "u2", "u3", "u4", "u5", "u6"}));
}

TEST(Entries, LatestComeFirstAndThoseOfUnknownTimeLast) {
  Database db = Database::in_memory();
  put_item_entry(db, "old", {.topics = {{"x"}}, .listed = 5});
  put_item_entry(db, "unknown", {});
  put_item_entry(db, "new", {.topics = {{"x"}}, .listed = 9});
  put_item_entry(db, "hidden", {.hidden = true, .listed = 10});
  const std::vector<ListedItem> items = latest_items(db, {}, 0, 10);
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].key, "new");
  EXPECT_EQ(items[1].key, "old");
  EXPECT_EQ(items[2].key, "unknown");
  EXPECT_EQ(latest_items(db, {.topics = {{"x"}}}, 1, 10).at(0).key, "old");
  EXPECT_EQ(latest_items(db, {.topics = {{"x", "y"}}, .exclude = {"new"}}, 0, 10).at(0).key, "old");
  EXPECT_EQ(latest_items(db, {.only = {{"unknown", "nothing"}}}, 0, 10).at(0).key, "unknown");
  EXPECT_TRUE(latest_items(db, {.topics = {{"y"}}}, 0, 10).empty());
}

TEST(Entries, LatestAreAvailableAtTheTime) {
  Database db = Database::in_memory();
  put_item_entry(db, "a", {.listed = 1});
  db.execute("UPDATE items SET available_from = 10, available_until = 20");
  EXPECT_TRUE(latest_items(db, {.at = 9}, 0, 10).empty());
  EXPECT_EQ(latest_items(db, {.at = 10}, 0, 10).size(), 1U);
  EXPECT_EQ(latest_items(db, {.at = 19}, 0, 10).size(), 1U);
  EXPECT_TRUE(latest_items(db, {.at = 20}, 0, 10).empty());
}

TEST(Feedback, KeepsOverwritesOrRepeats) {
  Database db = Database::in_memory();
  const Feedback early{.event = "read", .user = "ann", .item = "a", .time = 1};
  Feedback late = early;
  late.time = 2;
  EXPECT_TRUE(put_feedback(db, early, Earlier::keep));
  EXPECT_FALSE(put_feedback(db, late, Earlier::keep));
  EXPECT_EQ(list_feedback(db, {}, {}, 9).feedback, std::vector{early});
  EXPECT_TRUE(put_feedback(db, late, Earlier::overwrite));
  EXPECT_EQ(list_feedback(db, {}, {}, 9).feedback, std::vector{late});
  EXPECT_TRUE(put_feedback(db, early, Earlier::repeat));
  EXPECT_FALSE(put_feedback(db, early, Earlier::repeat));
  EXPECT_EQ(list_feedback(db, {}, {}, 9).feedback, (std::vector{late, early}));
  EXPECT_TRUE(put_feedback(db, {.user = "ann", .item = "a", .time = 3}, Earlier::keep));
  EXPECT_EQ(list_feedback(db, {.event = "read"}, {}, 9).feedback.size(), 2U);
  EXPECT_EQ(list_feedback(db, {.event = std::string(unnamed_event)}, {}, 9).feedback.size(), 1U);
  EXPECT_EQ(list_feedback(db, {.item = "b"}, {}, 9).feedback.size(), 0U);
  EXPECT_EQ(delete_feedback(db, early), 2);
  EXPECT_EQ(list_feedback(db, {.user = "ann"}, {}, 9).feedback.size(), 1U);
  EXPECT_THROW(put_feedback(db, {.event = "", .user = "ann", .item = "a"}, Earlier::keep), DataError);
}

TEST(HistoryReader, ReadsAsTheDatasetDoes) {
  Database db = Database::in_memory();
  put_feedback(db, {.user = "ann", .item = "a", .time = 9}, Earlier::repeat);
  put_feedback(db, {.user = "ann", .item = "b", .time = 3}, Earlier::repeat);
  put_feedback(db, {.user = "bob", .item = "b", .time = 3}, Earlier::repeat);
  put_feedback(db, {.user = "bob", .item = "a"}, Earlier::repeat);
  HistoryReader reader(db);
  StoredHistory history;
  const Dataset ann = load_user(db, 1);
  ASSERT_TRUE(reader.read("ann", history));
  EXPECT_EQ(history.item_ids, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(history.times, ann.times);
  ASSERT_TRUE(reader.read("bob", history));
  EXPECT_EQ(history.item_ids, (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(history.times.empty());
  EXPECT_FALSE(reader.read("eve", history));
  EXPECT_TRUE(history.item_ids.empty());
}

}  // namespace
}  // namespace infodiet::recsys
