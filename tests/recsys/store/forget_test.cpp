#include "recsys/store/forget.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/model_store.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

const std::string somebody = "somebody-unmistakable-4711";

bool contains_key(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return bytes.find(somebody) != std::string::npos;
}

// People with histories long enough for pages of their own, a model, a run with a session, rejected rows.
void fill(Database& db) {
  CatalogueWriter writer(db);
  for (int u = 0; u < 30; ++u) {
    const auto user = writer.user(u == 17 ? somebody : "user-" + std::to_string(u));
    for (int i = 0; i < 100; ++i) {
      writer.add({.user_id = user, .item_id = writer.item("item-" + std::to_string(i)), .time = 1000 + i});
    }
  }
  writer.commit();
  const std::vector<float> numbers = {1, 2};
  const std::vector<TensorToStore> tensors = {tensor_to_store<float>("t", {2}, numbers)};
  publish_model(db, {.name = "attention"}, tensors);
  db.execute(
      "INSERT INTO imports (id, created, path, format, fingerprint, accepted, rejected, duplicates, below_min_rating)"
      " VALUES (1, 5, 'a.csv', 'csv', 'f', 1, 2, 0, 0);"
      "INSERT INTO import_rejects VALUES (1, 3, 'no item', '" +
      somebody +
      ",,'), (1, 4, 'no item', 'other,,');"
      "INSERT INTO runs VALUES (1, 5, 'simulate', '{}', 1, 'catalogue', '[]', '{}', '{}');");
  db.prepare("INSERT INTO sessions VALUES (1, 1, 'random', 0, ?, 3), (2, 1, 'random', 1, NULL, 3)")
      .run(*find_user(db, somebody));
  db.execute(
      "INSERT INTO steps (session_id, step, shown, reward) VALUES (1, 0, '[1]', 1), (1, 1, '[2]', 2), (2, 0, '[1]', "
      "1)");
}

TEST(ForgetUser, LeavesNoByteOfTheirKeyAndNothingOfTheirs) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  {
    Database db(path, OpenMode::create);
    fill(db);
    const std::optional<Forgotten> forgotten = forget_user(db, somebody);
    ASSERT_TRUE(forgotten);
    EXPECT_EQ(forgotten->interactions, 100);
    EXPECT_EQ(forgotten->sessions, 1);
    EXPECT_EQ(forgotten->steps, 2);
    EXPECT_EQ(forgotten->rejects, 1);
    EXPECT_EQ(forgotten->models_marked, 1);
    // While the file is still open: the log too must be clean.
    EXPECT_FALSE(contains_key(path));
    EXPECT_FALSE(contains_key(path + "-wal"));
    EXPECT_EQ(find_model(db, "attention", ModelState::published)->forgotten_users, 1);
    const Counts counts = count_contents(db);
    EXPECT_EQ(counts.users, 29);
    EXPECT_EQ(counts.interactions, 2900);
    EXPECT_EQ(counts.import_rejects, 1);
    Statement left = db.prepare("SELECT count(*) FROM steps");
    ASSERT_TRUE(left.step());
    EXPECT_EQ(left.integer(0), 1);
    EXPECT_FALSE(forget_user(db, somebody));
  }
  EXPECT_FALSE(contains_key(path));
}

TEST(ForgetUser, TheTestWouldSeeTheKey) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  {
    Database db(path, OpenMode::create);
    fill(db);
  }
  EXPECT_TRUE(contains_key(path));
}

TEST(ForgetUser, SaysThatAnotherProcessKeepsTheLog) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  Database db(path, OpenMode::create);
  fill(db);
  db.execute("PRAGMA busy_timeout = 50");
  {
    const Database reader(path, OpenMode::read_only);
    const Snapshot snapshot(reader);
    Statement query = reader.prepare("SELECT count(*) FROM users");
    ASSERT_TRUE(query.step());
    EXPECT_THROW(forget_user(db, somebody), Error);
  }
  EXPECT_FALSE(find_user(db, somebody));
}

}  // namespace
}  // namespace infodiet::recsys
