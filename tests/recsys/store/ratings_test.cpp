#include "recsys/store/ratings.hpp"

#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "tests/support/during_query.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

TEST(RatingTotals, AddUpByItem) {
  Database db = Database::in_memory();
  EXPECT_TRUE(rating_totals(db).sum.empty());
  db.execute(
      "INSERT INTO items (id, key) VALUES (3, 'c'), (5, 'e'), (9, 'i'); INSERT INTO users (id, key) VALUES (1, "
      "'u'), (2, 'v');");
  EXPECT_EQ(rating_totals(db).count, (std::vector<std::size_t>{0, 0, 0}));
  db.execute(
      "INSERT INTO interactions (user_id, sequence, item_id, rating) VALUES (1, 1, 5, 4), (1, 2, 9, 1.5), (1, 3, "
      "3, NULL), (2, 1, 5, 2);");
  const RatingTotals totals = rating_totals(db);
  EXPECT_EQ(totals.sum, (std::vector<double>{0, 6, 1.5}));
  EXPECT_EQ(totals.count, (std::vector<std::size_t>{0, 2, 1}));
  EXPECT_EQ(totals.low, 1.5);
  EXPECT_EQ(totals.high, 4);
  EXPECT_EQ(totals.mean, 2.5);
}

TEST(RatingTotals, CountsNothingThatIsImportedMeanwhile) {
  const test::TemporaryFolder folder;
  Database writer(folder.file("world.db"), OpenMode::create);
  writer.execute(
      "INSERT INTO items (id, key) VALUES (1, 'a'); INSERT INTO users (id, key) VALUES (1, 'u');"
      "INSERT INTO interactions (user_id, sequence, item_id, rating) VALUES (1, 1, 1, 4);");
  const Database db(folder.file("world.db"), OpenMode::read_only);
  const test::DuringQuery import(db, "sum(rating)", [&] {
    writer.execute(
        "INSERT INTO items (id, key) VALUES (2, 'b');"
        "INSERT INTO interactions (user_id, sequence, item_id, rating) VALUES (1, 2, 2, 1);");
  });
  const RatingTotals totals = rating_totals(db);
  EXPECT_TRUE(import.happened());
  EXPECT_EQ(totals.sum, std::vector<double>{4});
  EXPECT_EQ(totals.mean, 4);
}

TEST(RatingTotals, SayThatARatedItemIsMissing) {
  Database db = Database::in_memory();
  db.execute(
      "PRAGMA foreign_keys = OFF; INSERT INTO items (id, key) VALUES (1, 'a'); INSERT INTO users (id, key) VALUES (1, "
      "'u'); INSERT INTO interactions (user_id, sequence, item_id, rating) VALUES (1, 1, 7, 4);");
  EXPECT_THROW(rating_totals(db), DamagedError);
}

}  // namespace
}  // namespace infodiet::recsys
