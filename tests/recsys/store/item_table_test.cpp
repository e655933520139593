// The compact table of items against the items themselves.
#include "recsys/store/item_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/key_index.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

std::vector<Item> items_of_every_kind() {
  return {{.id = 3, .key = "plain"},
          {.id = 4, .key = "", .title = "", .topics = {"b", "a", "b"}},
          {.id = 5, .key = "ü 😀", .title = "Amélie", .topics = {"c"}, .quality = -1, .clickbait = 0, .minutes = 3.5},
          {.id = 9, .key = "gone", .title = "Hidden", .topics = {"a"}, .hidden = true},
          {.id = 10, .key = std::string(1024, 'k'), .minutes = 1e9, .available_from = 5, .available_until = 9}};
}

void expect_same(const ItemTable& table, const std::vector<Item>& items) {
  ASSERT_EQ(table.size(), items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    SCOPED_TRACE(i);
    const ItemRow row = table[i];
    EXPECT_EQ(row.id, items[i].id);
    EXPECT_EQ(row.key, items[i].key);
    EXPECT_EQ(row.title, items[i].title);
    EXPECT_EQ(row.label(), items[i].title ? *items[i].title : items[i].key);
    EXPECT_EQ(row.quality, items[i].quality);
    EXPECT_EQ(row.clickbait, items[i].clickbait);
    EXPECT_EQ(row.minutes, items[i].minutes);
    EXPECT_EQ(table.find_id(items[i].id), static_cast<ItemIndex>(i));
    std::set<std::string> topics;
    for (const std::uint32_t topic : table.topics().of(i)) topics.insert(table.topics().names[topic]);
    EXPECT_EQ(topics, std::set<std::string>(items[i].topics.begin(), items[i].topics.end()));
    EXPECT_TRUE(std::is_sorted(table.topics().of(i).begin(), table.topics().of(i).end()));
    EXPECT_EQ(table.topics().of(i).size(), topics.size());
  }
}

TEST(ItemTable, HoldsWhatTheItemsHold) {
  const std::vector<Item> items = items_of_every_kind();
  const ItemTable table(items);
  expect_same(table, items);
  for (const std::int64_t id : {-1, 0, 2, 6, 8, 11}) EXPECT_EQ(table.find_id(id), std::nullopt) << id;
  ASSERT_EQ(table.restrictions().size(), 2U);
  for (const ItemTable::Restriction& one : table.restrictions()) {
    for (const std::int64_t time : {4, 5, 8, 9}) EXPECT_EQ(one.shown_at(time), items[one.item].shown_at(time));
  }
  EXPECT_EQ(table.topics().names, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(ItemTable().empty());
  EXPECT_EQ(ItemTable().find_id(0), std::nullopt);
}

TEST(ItemTable, IsReadFromTheFile) {
  const test::TemporaryFolder folder;
  Database db(folder.file("a.db"), OpenMode::create);
  EXPECT_TRUE(load_item_table(db).empty());
  CatalogueWriter writer(db);
  for (const Item& item : items_of_every_kind()) {
    if (!item.key.empty()) writer.put_item(item);
  }
  writer.commit();
  expect_same(load_item_table(db), list_items(db));
  const ItemTopics topics = load_item_topics(db);
  EXPECT_EQ(topics.names, load_item_table(db).topics().names);
  EXPECT_EQ(topics, load_item_table(db).topics());
}

TEST(ItemTopics, AreEachItemsOwnWhoeverSharesThem) {
  for (const std::size_t without : {0U, 1U, 300U}) {
    TopicNumbers numbers;
    const std::vector<std::vector<std::string>> kinds = {{"b"}, {}, {"a", "b"}, {"b", "a"}, {"b", "b"}, {"c"}};
    for (std::size_t item = 0; item < without; ++item) numbers.add({});
    for (int round = 0; round < 3; ++round) {
      for (const auto& kind : kinds) numbers.add(kind);
    }
    const ItemTopics topics = std::move(numbers).finish();
    ASSERT_EQ(topics.items(), without + 3 * kinds.size());
    for (std::size_t item = 0; item < topics.items(); ++item) {
      std::set<std::string> expected;
      if (item >= without) {
        const auto& kind = kinds[(item - without) % kinds.size()];
        expected.insert(kind.begin(), kind.end());
      }
      std::vector<std::string> named;
      for (const std::uint32_t topic : topics.of(item)) named.push_back(topics.names[topic]);
      EXPECT_EQ(named, std::vector<std::string>(expected.begin(), expected.end())) << item;
    }
  }
}

TEST(Texts, AreKeptEndToEnd) {
  Texts texts;
  std::vector<std::string> added;
  for (std::size_t i = 0; i < 1000; ++i) {
    const std::string first(i % 7, 'a');
    const std::string second(i % 5, 'b');
    texts.add(first, second);
    added.push_back(first + second);
  }
  ASSERT_EQ(texts.size(), added.size());
  for (std::size_t i = 0; i < added.size(); ++i) EXPECT_EQ(texts[i], added[i]) << i;
  EXPECT_TRUE(Texts().empty());
}

TEST(KeyIndex, FindsEveryKeyAndNoOther) {
  for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < count; ++i) keys.push_back(std::to_string(i * i));
    const auto key_of = [&](std::size_t number) -> std::string_view { return keys[number]; };
    const KeyIndex index(count, key_of);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(index.find(keys[i], key_of), i);
    for (const char* other : {"", "x", "-1", "3"}) EXPECT_EQ(index.find(other, key_of), std::nullopt);
  }
}

}  // namespace
}  // namespace infodiet::recsys
