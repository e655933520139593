#include "recsys/store/database.hpp"

#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/settings.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using test::TemporaryFolder;

TEST(Database, KeepsKeysAttributesAndHistories) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  {
    Database db(path, OpenMode::create);
    set_setting(db, "k", "v");
    CatalogueWriter writer(db);
    const auto user = writer.user("o'neil, \"x\" 😀");
    writer.put_item({.key = "9223372036854775808", .title = "Amélie", .topics = {"drama", "comedy"}, .quality = 0.5});
    const auto item = writer.item("9223372036854775808");
    const auto other = writer.item("b");
    writer.add({.user_id = user, .item_id = item, .time = 20});
    writer.add({.user_id = user, .item_id = other, .time = 10});
    writer.add({.user_id = user, .item_id = item, .time = 20});
    const auto [added, duplicates] = writer.commit();
    EXPECT_EQ(added, 2);
    EXPECT_EQ(duplicates, 1);
  }
  const Database db(path, OpenMode::read_only);
  EXPECT_EQ(list_users(db).at(0).key, "o'neil, \"x\" 😀");
  const Item item = load_item(db, find_item(db, "9223372036854775808").value());
  EXPECT_EQ(item.title, "Amélie");
  EXPECT_EQ(item.topics, (std::vector<std::string>{"drama", "comedy"}));
  EXPECT_EQ(item.quality, 0.5);
  EXPECT_FALSE(item.minutes.has_value());
  const Dataset dataset = load_dataset(db);
  EXPECT_EQ(dataset.items, (std::vector<ItemIndex>{1, 0}));
  EXPECT_EQ(dataset.times, (std::vector<std::int64_t>{10, 20}));
  EXPECT_EQ(get_setting(db, "k"), "v");
  EXPECT_EQ(get_setting(db, "none"), std::nullopt);
  EXPECT_EQ(count_contents(db).interactions, 2);
  EXPECT_THROW(db.execute("DELETE FROM users"), SqliteError);
}

}  // namespace
}  // namespace infodiet::recsys
