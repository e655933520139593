// Opening files of every kind, statements, transactions.
#include "recsys/store/database.hpp"

#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/feedback.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/schema.hpp"
#include "recsys/store/settings.hpp"
#include "recsys/store/slates.hpp"
#include "recsys/store/table_digests.hpp"
#include "tests/support/old_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

template <class Thrown>
std::string message_of_opening(const std::string& path, OpenMode mode = OpenMode::read_only) {
  try {
    const Database db(path, mode);
  } catch (const Thrown& error) {
    return error.what();
  }
  ADD_FAILURE() << path << " was opened";
  return "";
}

std::string made_database(const TemporaryFolder& folder) {
  const std::string path = folder.file("a.db");
  Database db(path, OpenMode::create);
  Transaction transaction(db);
  for (int i = 0; i < 200; ++i) set_setting(db, "key " + std::to_string(i), std::string(1000, 'v'));
  transaction.commit();
  return path;
}

TEST(Database, IsOnlyMadeWhereAskedFor) {
  const TemporaryFolder folder;
  const std::string path = folder.file("absent.db");
  for (const OpenMode mode : {OpenMode::read_only, OpenMode::read_write, OpenMode::inspect}) {
    const std::string message = message_of_opening<Error>(path, mode);
    EXPECT_THAT(message, HasSubstr(path));
    EXPECT_THAT(message, HasSubstr("infodiet import"));
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  { const Database db(path, OpenMode::create); }
  const Database db(path, OpenMode::read_only);
  EXPECT_EQ(check_identity(db), schema_version);
}

TEST(Database, IsSetUpToBeSafe) {
  const TemporaryFolder folder;
  const Database db(made_database(folder), OpenMode::read_write);
  const auto pragma = [&](const std::string& name) {
    Statement query = db.prepare("PRAGMA " + name);
    query.step();
    return std::string(query.text(0));
  };
  EXPECT_EQ(pragma("journal_mode"), "wal");
  EXPECT_EQ(pragma("foreign_keys"), "1");
  EXPECT_EQ(pragma("trusted_schema"), "0");
  EXPECT_EQ(pragma("cell_size_check"), "1");
  EXPECT_THROW(db.execute("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema"), SqliteError);
  Statement strict = db.prepare(
      "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE "
      "'sqlite_%' AND type = 'table' AND NOT strict");
  ASSERT_TRUE(strict.step());
  EXPECT_EQ(strict.integer(0), 0);
}

TEST(Database, RefusesWhatIsNotOurs) {
  const TemporaryFolder folder;
  EXPECT_THAT(message_of_opening<Error>(folder.file("")), HasSubstr("not a regular file"));
  EXPECT_THAT(message_of_opening<Error>("/dev/null"), HasSubstr("not a regular file"));
  const std::string text = folder.write("notes.txt", std::string(5000, 'x'));
  const std::string empty = folder.write("empty", "");
  const std::string other = folder.file("other.db");
  {
    Database db(other, OpenMode::create);
    db.execute("PRAGMA application_id = 7");
  }
  for (const std::string& path : {text, empty, other}) {
    EXPECT_THAT(message_of_opening<DamagedError>(path), HasSubstr("--db")) << path;
  }
  for (const std::string& path : {text, other}) message_of_opening<DamagedError>(path, OpenMode::create);
  EXPECT_EQ(std::filesystem::file_size(text), 5000U);
  { const Database db(empty, OpenMode::create); }  // an empty file may be filled
  const Database db(empty, OpenMode::read_only);
}

TEST(Database, RefusesANewerOne) {
  const TemporaryFolder folder;
  const std::string path = made_database(folder);
  Database(path, OpenMode::read_write).execute("PRAGMA user_version = 99");
  EXPECT_THAT(message_of_opening<DamagedError>(path), HasSubstr("newer infodiet (schema version 99"));
  EXPECT_THAT(message_of_opening<DamagedError>(path, OpenMode::create), HasSubstr("newer infodiet"));
  EXPECT_THAT(message_of_opening<DamagedError>(path, OpenMode::inspect), HasSubstr("newer infodiet"));
}

// Four runs and an agent from when choc-kale's sensitivity was .01 unless it was given.
TEST(Database, KeepsTheSensitivityThatOldRunsHad) {
  const TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, 6);
  const Database db(path, OpenMode::read_write);
  std::vector<std::string> commands;
  std::vector<std::string> settings;
  for (Statement query = db.prepare("SELECT command, json_extract(configuration, '$.settings') FROM runs ORDER BY id");
       query.step();) {
    commands.emplace_back(query.text(0));
    settings.emplace_back(query.text(1));
  }
  EXPECT_THAT(settings,
              testing::ElementsAre(R"(["sensitivity=0.01"])", R"(["memory=0.5","steps=3","sensitivity=0.01"])",
                                   R"(["sensitivity=0.2"])", "[]"));
  EXPECT_THAT(commands,
              testing::ElementsAre(testing::EndsWith("--seed 1 --set sensitivity=0.01"),
                                   testing::EndsWith("--seed 1 --set sensitivity=0.01,memory=0.5,steps=3"),
                                   testing::EndsWith("--set sensitivity=0.2"), testing::EndsWith("--seed 1")));
  Statement agent = db.prepare("SELECT json_extract(configuration, '$.settings') FROM models");
  ASSERT_TRUE(agent.step());
  EXPECT_EQ(agent.text(0), R"(["sensitivity=0.01"])");
}

TEST(Database, RefusesATruncatedOne) {
  const TemporaryFolder folder;
  const std::string path = made_database(folder);
  const auto size = std::filesystem::file_size(path);
  for (const auto kept :
       {size - 1, size - 4096, size / 2, std::uintmax_t{4096}, std::uintmax_t{100}, std::uintmax_t{9}}) {
    SCOPED_TRACE(kept);
    const std::string cut = folder.file("cut.db");
    std::filesystem::copy_file(path, cut, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(cut, kept);
    EXPECT_THAT(message_of_opening<DamagedError>(cut), HasSubstr(cut));
  }
}

TEST(Database, RunsNothingThatAFileBringsAlong) {
  const TemporaryFolder folder;
  const std::string path = made_database(folder);
  Database(path, OpenMode::read_write)
      .execute("CREATE TRIGGER t AFTER INSERT ON settings BEGIN DELETE FROM settings; END");
  Database db(path, OpenMode::read_write);
  set_setting(db, "new", "value");
  EXPECT_EQ(get_setting(db, "key 7").value_or("gone").size(), 1000U);
}

TEST(Database, LeavesNothingBesideIt) {
  const TemporaryFolder folder;
  const std::string path = made_database(folder);
  { EXPECT_TRUE(get_setting(Database(path, OpenMode::read_only), "key 1").has_value()); }
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(path + "-shm"));
}

TEST(Database, ReadersCannotWriteAndAreNotBlocked) {
  const TemporaryFolder folder;
  const std::string path = made_database(folder);
  const Database reader(path, OpenMode::read_only);
  EXPECT_THROW(reader.execute("DELETE FROM settings"), SqliteError);
  Database writer(path, OpenMode::read_write);
  Transaction transaction(writer);
  set_setting(writer, "key 1", "new");
  EXPECT_EQ(get_setting(reader, "key 1"), std::string(1000, 'v'));
  {
    const Snapshot snapshot(reader);
    EXPECT_EQ(get_setting(reader, "key 1"), std::string(1000, 'v'));
    transaction.commit();
    EXPECT_EQ(get_setting(reader, "key 1"), std::string(1000, 'v'));
  }
  EXPECT_EQ(get_setting(reader, "key 1"), "new");
}

TEST(Database, CanBeReadWhereNothingCanBeWritten) {
  const TemporaryFolder folder;
  const std::string mount_point = folder.file("disk ?#%41");
  std::filesystem::create_directory(mount_point);
  if (mount("tmpfs", mount_point.c_str(), "tmpfs", 0, "size=4m") != 0) {
    GTEST_SKIP() << "mounting a file system read-only needs root";
  }
  std::filesystem::copy_file(made_database(folder), mount_point + "/a.db");
  ASSERT_EQ(mount("tmpfs", mount_point.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
  {
    const Database db(mount_point + "/a.db", OpenMode::read_only);
    EXPECT_TRUE(get_setting(db, "key 1").has_value());
  }
  try {
    Database db(mount_point + "/a.db", OpenMode::read_write);
    set_setting(db, "a", "b");
    ADD_FAILURE() << "something was written";
  } catch (const SqliteError& error) {
    EXPECT_THAT(error.what(), testing::AnyOf(HasSubstr("cannot be written"), HasSubstr("cannot be opened")));
  }
  EXPECT_THAT(message_of_opening<SqliteError>(mount_point + "/new.db", OpenMode::create),
              HasSubstr("cannot be opened: check that its folder exists and can be written"));
  EXPECT_EQ(umount(mount_point.c_str()), 0);
}

TEST(Database, IsReadAsItWasWhereOnlyAnotherAccountCanWriteIt) {
  if (geteuid() != 0) GTEST_SKIP() << "taking another account needs root";
  constexpr uid_t nobody = 65534;
  const TemporaryFolder folder;
  const std::string path = made_database(folder);
  std::filesystem::permissions(folder.file(""), std::filesystem::perms(0755));
  ASSERT_EQ(seteuid(nobody), 0);
  std::optional<Database> reader;
  try {
    reader.emplace(path, OpenMode::read_only);
  } catch (const Error& error) {
    ADD_FAILURE() << error.what();
  }
  ASSERT_EQ(seteuid(0), 0);
  Database(path, OpenMode::read_write).execute("DELETE FROM settings; VACUUM");
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(get_setting(*reader, "key " + std::to_string(i)), std::string(1000, 'v'));
  }
}

TEST(Database, AWriterWaitsAsLongAsAnotherWorks) {
  const TemporaryFolder folder;
  const std::string path = made_database(folder);
  static std::atomic<bool> told = false;
  observe_waiting([] { told = true; });
  Database first(path, OpenMode::read_write);
  Transaction working(first);
  std::thread second([&] {
    Database db(path, OpenMode::read_write);
    set_setting(db, "second", "written");
  });
  while (!told) std::this_thread::yield();
  observe_waiting(nullptr);
  working.commit();
  second.join();
  EXPECT_EQ(get_setting(first, "second"), "written");
  Transaction again(first);
  const Database hasty(path, OpenMode::read_write);
  hasty.wait_at_most(std::chrono::milliseconds(1));
  EXPECT_THROW(hasty.execute("DELETE FROM settings"), SqliteError);
}

// A file that has a model, a run and a rejected row.
TEST(Database, BringsAFileOfVersion4UpToDate) {
  const TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, 4);
  EXPECT_EQ(check_database(path), std::vector<std::string>()) << "before it is brought up to date";
  Database db(path, OpenMode::read_write);
  EXPECT_EQ(check_database(path), std::vector<std::string>());
  Statement rejects = db.prepare("SELECT user, text FROM import_rejects");
  ASSERT_TRUE(rejects.step());
  EXPECT_TRUE(rejects.is_null(0));
  EXPECT_EQ(rejects.text(1), "carl,b,x,3");
  rejects.reset();
  EXPECT_EQ(forget_user(db, "ann")->models_marked, 2);
}

TEST(Statement, CarriesCodeSqlAndPath) {
  const TemporaryFolder folder;
  const std::string path = made_database(folder);
  Database db(path, OpenMode::read_write);
  try {
    db.prepare("SELECT key FROM users WHERE");
    FAIL() << "nothing was thrown";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.code(), 1);
    EXPECT_EQ(error.sql(), "SELECT key FROM users WHERE");
    EXPECT_EQ(error.path(), path);
    EXPECT_THAT(error.what(), HasSubstr("incomplete input"));
  }
  EXPECT_THROW(db.prepare("SELECT key FROM nowhere"), DamagedError);
  Statement insert = db.prepare("INSERT INTO settings (key, value) VALUES (?, ?)");
  insert.run("k", "v");
  try {
    insert.run("k", "v");
    FAIL() << "nothing was thrown";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.code(), 1555);  // SQLITE_CONSTRAINT_PRIMARYKEY
  }
  insert.run("l", "v");  // usable afterwards
  EXPECT_THROW(insert.bind("only one"), SqliteError);
}

TEST(Statement, KeepsValuesExactly) {
  const TemporaryFolder folder;
  const Database db(made_database(folder), OpenMode::read_only);
  Statement echo = db.prepare("SELECT ?, ?, ?, ?, ?, ?, typeof(?)");
  const std::string text("a\0b", 3);
  const std::vector<std::byte> bytes{std::byte{0}, std::byte{255}};
  echo.bind(std::numeric_limits<std::int64_t>::min(), 0.1, text, Blob(bytes), std::string_view(),
            std::optional<double>(), nullptr);
  ASSERT_TRUE(echo.step());
  EXPECT_EQ(echo.integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(echo.real(1), 0.1);
  EXPECT_EQ(echo.text(2), text);
  EXPECT_EQ(std::vector<std::byte>(echo.blob(3).begin(), echo.blob(3).end()), bytes);
  EXPECT_FALSE(echo.is_null(4));
  EXPECT_EQ(echo.text(4), "");
  EXPECT_TRUE(echo.is_null(5));
  EXPECT_EQ(echo.text(6), "null");
  EXPECT_FALSE(echo.step());
}

TEST(Transaction, IsUndoneUnlessCommittedAlsoInsideAnother) {
  const TemporaryFolder folder;
  Database db(made_database(folder), OpenMode::read_write);
  {
    const Transaction undone(db);
    set_setting(db, "a", "1");
  }
  EXPECT_EQ(get_setting(db, "a"), std::nullopt);
  Transaction outer(db);
  set_setting(db, "a", "outer");
  {
    const Transaction undone(db);
    set_setting(db, "a", "undone");
  }
  EXPECT_EQ(get_setting(db, "a"), "outer");
  Transaction inner(db);
  set_setting(db, "b", "inner");
  inner.commit();
  outer.commit();
  EXPECT_FALSE(db.in_transaction());
  EXPECT_EQ(get_setting(db, "b"), "inner");
}

TEST(DatabaseSchema, AFileOfVersionSevenHasItemsThatAreAvailableAtAnyTime) {
  const TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, 7);
  const Database db(path, OpenMode::read_only);
  EXPECT_EQ(check_identity(db), schema_version);
  const std::vector<Item> items = list_items(db);
  ASSERT_FALSE(items.empty());
  for (const Item& item : items) EXPECT_EQ(item.shown_at(0), !item.hidden);
}

TEST(DatabaseSchema, AFileOfVersionNineKeepsItsRunsAndHasNoSlates) {
  const TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, 9);
  const Database db(path, OpenMode::read_only);
  EXPECT_EQ(check_identity(db), schema_version);
  EXPECT_TRUE(list_slate_logs(db).empty());
  Statement steps = db.prepare("SELECT count(*) FROM steps");
  ASSERT_TRUE(steps.step());
  EXPECT_EQ(steps.integer(0), 4);
}

TEST(DatabaseSchema, AFileOfVersionElevenFindsWhatWasDoneWithAnItem) {
  const TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, 11);
  const Database db(path, OpenMode::read_write);
  EXPECT_EQ(check_identity(db), schema_version);
  EXPECT_EQ(list_feedback(db, {.item = "b"}, {}, 10).feedback.back().user, "ann");
}

TEST(DatabaseSchema, AFileOfVersionTwelveIsIndexedByItemWhenAServiceAsks) {
  const TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, 12);
  Database db(path, OpenMode::read_write);
  EXPECT_EQ(check_identity(db), schema_version);
  const auto plan = [&] {
    Statement query = db.prepare("EXPLAIN QUERY PLAN SELECT user_id FROM interactions WHERE item_id = 1");
    query.step();
    return std::string(query.text(3));
  };
  EXPECT_THAT(plan(), Not(HasSubstr("interactions_by_item")));
  index_by_item(db);
  index_by_item(db);
  EXPECT_THAT(plan(), HasSubstr("SEARCH interactions USING COVERING INDEX interactions_by_item"));
  EXPECT_EQ(list_feedback(db, {.item = "b"}, {}, 10).feedback.back().user, "ann");
  EXPECT_THAT(check_digests(db), IsEmpty());
  EXPECT_THAT(check_database(path), IsEmpty());
}

TEST(DatabaseSchema, AFileOfVersionThreeKeepsItsOrderAndGetsNanoseconds) {
  const TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  test::make_old_file(path, 3);
  const Database db(path, OpenMode::read_only);
  EXPECT_EQ(check_identity(db), schema_version);
  Statement query = db.prepare("SELECT time, nanoseconds, weight, event FROM interactions ORDER BY user_id, sequence");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(0), 1700000000);
  EXPECT_EQ(query.integer(1), 0);
  EXPECT_TRUE(query.is_null(2));
  EXPECT_EQ(query.text(3), "like");
}

}  // namespace
}  // namespace infodiet::recsys
