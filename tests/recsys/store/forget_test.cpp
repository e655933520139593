#include "recsys/store/forget.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "recsys/import/import.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_store.hpp"
#include "tests/recsys/store/some_tensors.hpp"
#include "tests/support/dying_process.hpp"
#include "tests/support/read_file.hpp"
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
  publish_model(db, {.name = "attention"}, test::some_tensors);
  Transaction transaction(db);
  db.execute(
      "INSERT INTO imports (id, created, path, format, fingerprint, accepted, rejected, duplicates, below_min_rating)"
      " VALUES (1, 5, 'a.csv', 'csv', 'f', 1, 2, 0, 0);"
      "INSERT INTO import_rejects (import_id, line, reason, text) VALUES (1, 3, 'no item', '" +
      somebody +
      ",,'), (1, 4, 'no item', 'other,,');"
      "INSERT INTO runs VALUES (1, 5, 'simulate', '{}', 1, 'catalogue', '[]', '{}', '{}');");
  db.prepare("INSERT INTO sessions VALUES (1, 1, 'random', 0, ?, 3), (2, 1, 'random', 1, NULL, 3)")
      .run(*find_user(db, somebody));
  db.execute(
      "INSERT INTO steps (session_id, step, shown, reward) VALUES (1, 0, '[1]', 1), (1, 1, '[2]', 2), (2, 0, '[1]', "
      "1)");
  transaction.commit();
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

ModelRecord made_of(const Dataset& data, std::string name = "attention") {
  return {.name = std::move(name), .data_fingerprint = data_fingerprint(data), .forgets = data.forgets};
}

std::int64_t forgotten_users(const Database& db, std::string_view name = "attention") {
  return find_model(db, name, ModelState::published).value().forgotten_users;
}

TEST(ForgetUser, MarksWhatIsMadeOfDataThatWasReadBefore) {
  const test::TemporaryFolder folder;
  Database db(folder.file("a.db"), OpenMode::create);
  fill(db);
  const Dataset before = load_dataset(db);
  EXPECT_TRUE(save_checkpoint(db, made_of(before), test::some_tensors));
  forget_user(db, somebody);
  EXPECT_FALSE(save_checkpoint(db, made_of(before), test::some_tensors)) << "nothing may go on from what knows them";
  EXPECT_FALSE(find_model(db, "attention", ModelState::training));
  publish_model(db, made_of(before), test::some_tensors);
  EXPECT_EQ(forgotten_users(db), 1);
  forget_user(db, "user-3");
  EXPECT_EQ(forgotten_users(db), 2);
  publish_model(db, made_of(load_dataset(db)), test::some_tensors);
  EXPECT_EQ(forgotten_users(db), 0);
}

TEST(ForgetUser, MarksWhatGoesOnFromAMarkedModel) {
  const test::TemporaryFolder folder;
  Database db(folder.file("a.db"), OpenMode::create);
  fill(db);
  forget_user(db, somebody);
  ModelRecord next = made_of(load_dataset(db));
  next.forgotten_users = forgotten_users(db);
  EXPECT_TRUE(save_checkpoint(db, next, test::some_tensors)) << "who was forgotten before is known to be";
  EXPECT_EQ(find_model(db, "attention", ModelState::training)->forgotten_users, 1);
  publish_model(db, next, test::some_tensors);
  EXPECT_EQ(forgotten_users(db), 1);
}

TEST(ForgetUser, DeletesCheckpointsAndOldTensorsThatKnowThem) {
  const test::TemporaryFolder folder;
  Database db(folder.file("a.db"), OpenMode::create);
  fill(db);
  const Dataset data = load_dataset(db);
  save_checkpoint(db, made_of(data), test::some_tensors);
  publish_model(db, made_of(data, "agent/catalogue"), test::some_tensors);
  publish_model(db, {.name = "agent/choc-kale"}, test::some_tensors);
  save_checkpoint(db, {.name = "agent/choc-kale"}, test::some_tensors);
  const Forgotten forgotten = forget_user(db, somebody).value();
  EXPECT_EQ(forgotten.checkpoints_deleted, 1);
  EXPECT_EQ(forgotten.models_marked, 2);
  EXPECT_FALSE(find_model(db, "attention", ModelState::training));
  EXPECT_EQ(forgotten_users(db, "agent/catalogue"), 1);
  EXPECT_EQ(forgotten_users(db, "agent/choc-kale"), 0) << "it never saw anybody";
  EXPECT_TRUE(find_model(db, "agent/choc-kale", ModelState::training));
}

TEST(ForgetUser, FindsTheirRejectedRowsHoweverTheFileSpelledTheId) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  Database db(path, OpenMode::create);
  const std::string key = "some\"body-4711";
  import_paths(db, {.paths = {folder.write("a.jsonl", R"({"user":"some\"body-4711","item":"a","rating":4})"
                                                      "\n"
                                                      R"({"user":"s\u006fme\"body-47\u00311","item":"a","rating":"x"})"
                                                      "\n"
                                                      R"({"user":"other","item":"a","rating":"x"})"
                                                      "\n")}});
  import_paths(db, {.paths = {folder.write("b.csv", "user,item,rating\n\"some\"\"body-4711\",a,x\nother,b,1\n")}});
  EXPECT_EQ(count_contents(db).import_rejects, 3);
  EXPECT_EQ(forget_user(db, key)->rejects, 2);
  EXPECT_EQ(count_contents(db).import_rejects, 1);
}

TEST(ForgetUser, TakesTheirIdOutOfPathsAndCommands) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  Database db(path, OpenMode::create);
  fill(db);
  db.execute("UPDATE imports SET path = '/logs/" + somebody + ".csv'; UPDATE runs SET command = 'simulate " + somebody +
             "'");
  const std::string report = folder.write(somebody + ".html", "");
  const std::string gone = folder.write("gone.html", "");
  EXPECT_TRUE(record_output(path, "report", report));
  EXPECT_TRUE(record_output(path, "report", gone));
  std::filesystem::remove(gone);
  const Forgotten forgotten = forget_user(db, somebody).value();
  ASSERT_EQ(forgotten.outputs.size(), 1U);
  EXPECT_EQ(forgotten.outputs[0].path, report);
  EXPECT_FALSE(contains_key(path));
}

// Whether the person is there with all they had, or gone without a byte.
void expect_old_or_new(const std::string& path, bool& gone) {
  Database db(path, OpenMode::read_write);
  gone = !find_user(db, somebody).has_value();
  EXPECT_EQ(count_contents(db).interactions, gone ? 2900 : 3000);
  EXPECT_EQ(forgotten_users(db), gone ? 1 : 0);
  EXPECT_FALSE(is_forgetting_unfinished(db));
  if (gone) {
    EXPECT_FALSE(contains_key(path));
    EXPECT_FALSE(contains_key(path + "-wal"));
  }
}

TEST(ForgetUser, IsFinishedByTheNextWriterWhereverItWasInterrupted) {
  const test::TemporaryFolder folder;
  const std::string whole = folder.file("whole.db");
  {
    Database db(whole, OpenMode::create);
    fill(db);
  }
  const std::string path = folder.file("a.db");
  int unfinished = 0;
  bool survived = false;
  // Every write near the commit, and then fewer and fewer.
  for (long writes = 0; !survived; writes += writes < 20 ? 1 : writes / 5) {
    SCOPED_TRACE(writes);
    std::filesystem::remove(path + "-wal");
    std::filesystem::remove(path + "-shm");
    std::filesystem::copy_file(whole, path, std::filesystem::copy_options::overwrite_existing);
    survived = test::survives(writes, [&] {
      Database db(path, OpenMode::read_write);
      forget_user(db, somebody);
    });
    const std::vector<std::string> problems = check_database(path);
    if (!problems.empty()) {
      ++unfinished;
      ASSERT_THAT(problems, testing::ElementsAre(testing::HasSubstr("forgetting somebody was interrupted")));
    }
    bool gone = false;
    expect_old_or_new(path, gone);
    EXPECT_TRUE(gone || !survived);
    EXPECT_TRUE(gone || problems.empty());
  }
  EXPECT_GT(unfinished, 3);
}

// One person after another; the environment variable INFODIET_FORGETS selects the long form.
TEST(ForgetUser, LeavesNothingThroughInterruptionsAndTrainings) {
  const char* const asked = std::getenv("INFODIET_FORGETS");
  const int people = asked != nullptr ? std::stoi(asked) : 12;
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  const auto key_of = [](int person) { return "person-unmistakable-" + std::to_string(person) + "-"; };
  {
    Database db(path, OpenMode::create);
    CatalogueWriter writer(db);
    for (int i = 0; i < people * 20; ++i) {
      writer.add(
          {.user_id = writer.user(key_of(i % (people + 1))), .item_id = writer.item(std::to_string(i / 7 % 50))});
    }
    writer.commit();
  }
  engine::RandomStream stream(7, engine::Purpose::test);
  for (int person = 0; person < people; ++person) {
    SCOPED_TRACE(person);
    const bool beside_a_training = person % 3 == 0;
    const Dataset read_before = load_dataset(Database(path, OpenMode::read_only));
    const auto forget = [&] {
      Database db(path, OpenMode::read_write);
      forget_user(db, key_of(person));
    };
    const bool interrupted = person % 2 == 0 && !test::survives(static_cast<long>(stream.below(150)), forget);
    if (person % 2 == 1 || interrupted) forget();
    Database db(path, OpenMode::read_write);
    const Dataset data = beside_a_training ? read_before : load_dataset(db);
    publish_model(db, made_of(data), test::some_tensors);
    EXPECT_EQ(forgotten_users(db), beside_a_training ? 1 : 0);
    for (const std::string& file : {path, path + "-wal"}) {
      EXPECT_EQ(test::read_file(file).find(key_of(person)), std::string::npos) << file;
    }
  }
  EXPECT_EQ(count_contents(Database(path, OpenMode::read_only)).users, 1);
  EXPECT_EQ(check_database(path), std::vector<std::string>());
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
  EXPECT_TRUE(is_forgetting_unfinished(db));
  EXPECT_TRUE(Database(path, OpenMode::read_write).finished_forgetting());
  EXPECT_FALSE(is_forgetting_unfinished(db));
  EXPECT_FALSE(contains_key(path));
  EXPECT_FALSE(contains_key(path + "-wal"));
}

}  // namespace
}  // namespace infodiet::recsys
