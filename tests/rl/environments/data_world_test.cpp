#include "rl/environments/data_world.hpp"

#include <gtest/gtest.h>

#include "engine/errors.hpp"
#include "tests/support/during_query.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::rl {
namespace {

void import_item(recsys::Database& db, int id) {
  const std::string number = std::to_string(id);
  db.execute("INSERT INTO items (id, key) VALUES (" + number + ", 'item " + number +
             "'); INSERT INTO interactions (user_id, sequence, item_id, rating) VALUES (1, " + number + ", " + number +
             ", 3);");
}

TEST(DataWorld, IsOfOneStateWhateverIsImportedMeanwhile) {
  const test::TemporaryFolder folder;
  recsys::Database writer(folder.file("world.db"), recsys::OpenMode::create);
  writer.execute("INSERT INTO users (id, key) VALUES (1, 'u')");
  for (int id = 1; id <= 3; ++id) import_item(writer, id);
  const recsys::Database db(folder.file("world.db"), recsys::OpenMode::read_only);
  for (const char* query : {"quality, clickbait", "sum(rating)"}) {
    const std::size_t before = load_data_world(db).data.catalogue_size();
    const test::DuringQuery import(db, query, [&] { import_item(writer, static_cast<int>(before) + 1); });
    const DataWorld world = load_data_world(db);
    EXPECT_TRUE(import.happened());
    EXPECT_EQ(world.data.catalogue_size(), before);
    EXPECT_EQ(world.catalogue.size(), before);
    EXPECT_EQ(world.data.items.size(), before);
  }
}

TEST(DataWorld, RefusesPartsOfDifferentStates) {
  const auto histories = std::make_shared<recsys::Dataset>();
  histories->item_ids = {1, 2};
  const std::vector<recsys::Item> items(2);
  EXPECT_THROW(make_data_world(histories, recsys::ItemTable(items), {}), ShapeError);
  EXPECT_THROW(make_data_world(histories, recsys::ItemTable(std::span(items).first(1)), {.sum = {0}, .count = {0}}),
               ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
