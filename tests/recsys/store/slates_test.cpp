#include "recsys/store/slates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "recsys/errors.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/forget.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using ItemNames = std::vector<double>;

/// A kept slate with its own memory.
struct Owned {
  ItemNames candidates;
  ItemNames slate;
  KeptSlate rest;
};

std::vector<Owned> all_of(const Database& db, std::int64_t log) {
  std::vector<Owned> slates;
  read_slates(db, log, [&](const KeptSlate& slate) {
    slates.push_back({ItemNames(slate.candidates.begin(), slate.candidates.end()),
                      ItemNames(slate.slate.begin(), slate.slate.end()), slate});
  });
  return slates;
}

std::int64_t number(const Database& db, const std::string& sql) {
  Statement query = db.prepare(sql);
  EXPECT_TRUE(query.step());
  return query.integer(0);
}

TEST(Slates, ComeBackAsTheyWereKept) {
  Database db = Database::in_memory();
  SlateWriter writer(db, {.source = SlateSource::import, .policy = "p", .version = "7", .ordered = false});
  const ItemNames many = {3, 9, 4, 1};
  const ItemNames fewer = {9, 4};
  const ItemNames slate = {4, 9};
  const ItemNames ranks = {0.5, 0.25};
  writer.add(
      {.session = 2, .step = 0, .person = 5, .time = 70, .candidates = many, .slate = slate, .probability = 0.125});
  writer.add({.session = 2,
              .step = 1,
              .person = 5,
              .candidates = many,
              .slate = slate,
              .rank_probabilities = ranks,
              .chosen = 1,
              .reward = -2.5});
  writer.add({.session = 2, .step = 2, .person = 5, .candidates = fewer, .slate = slate});
  writer.add({.session = 1, .step = 0, .person = 4, .candidates = many, .slate = slate});
  EXPECT_EQ(number(db, "SELECT count(candidates) FROM slates"), 3) << "what stays the same is kept once";

  const std::vector<Owned> kept = all_of(db, writer.log());
  ASSERT_EQ(kept.size(), 4);
  EXPECT_EQ(kept[0].rest.session, 1);
  EXPECT_EQ(kept[1].rest.time, 70);
  EXPECT_EQ(kept[1].rest.probability, 0.125);
  EXPECT_EQ(kept[1].rest.chosen, std::nullopt);
  EXPECT_THAT(kept[2].candidates, ElementsAre(3, 9, 4, 1));
  EXPECT_THAT(kept[2].slate, ElementsAre(4, 9));
  EXPECT_EQ(kept[2].rest.chosen, 1);
  EXPECT_EQ(kept[2].rest.reward, -2.5);
  EXPECT_FALSE(kept[2].rest.probability);
  EXPECT_THAT(kept[3].candidates, ElementsAre(9, 4));

  const std::vector<SlateLogSize> logs = list_slate_logs(db);
  ASSERT_EQ(logs.size(), 1);
  EXPECT_EQ(logs[0].log.version, "7");
  EXPECT_FALSE(logs[0].log.ordered);
  EXPECT_EQ(logs[0].sessions, 2);
  EXPECT_EQ(logs[0].slates, 4);
  EXPECT_EQ(logs[0].without_probability, 3);
}

TEST(Slates, RefuseWhatMakesNoSense) {
  const ItemNames candidates = {1, 2, 3};
  const ItemNames slate = {1, 3};
  const ItemNames twice = {1, 1};
  const ItemNames foreign = {1, 7};
  const auto problem = [&](KeptSlate kept) {
    if (kept.candidates.empty()) kept.candidates = candidates;
    return slate_problem(kept).value_or("none");
  };
  EXPECT_EQ(problem({.slate = slate, .probability = 1}), "none");
  EXPECT_THAT(problem({.slate = slate, .probability = 0}), HasSubstr("probability is 0"));
  EXPECT_THAT(problem({.slate = slate, .probability = 1.01}), HasSubstr("at most 1"));
  EXPECT_THAT(problem({.slate = slate, .probability = std::nan("")}), HasSubstr("above 0"));
  EXPECT_THAT(problem({.slate = twice}), HasSubstr("twice on the slate"));
  EXPECT_THAT(problem({.slate = foreign}), HasSubstr("7 is on the slate but not among"));
  EXPECT_THAT(problem({.candidates = twice, .slate = slate}), HasSubstr("twice among the candidates"));
  EXPECT_THAT(problem({}), HasSubstr("the slate is empty"));
  EXPECT_THAT(problem({.slate = slate, .chosen = 2}), HasSubstr("rank 2"));
  EXPECT_THAT(problem({.slate = slate, .reward = INFINITY}), HasSubstr("finite"));
  EXPECT_THAT(problem({.slate = slate, .prefixes = candidates}), HasSubstr("3 probabilities for 2 ranks"));
  Database db = Database::in_memory();
  SlateWriter writer(db, {.policy = "p"});
  EXPECT_THROW(writer.add({.candidates = candidates, .slate = foreign}), DataError);
}

TEST(Slates, OfTheServiceGoToOneLogAnArmAndLearnWhatWasTaken) {
  Database db = Database::in_memory();
  db.execute("INSERT INTO users (id, key) VALUES (1, 'ann'), (2, 'bob')");
  const ItemNames candidates = {1, 2, 3};
  const ItemNames slate = {2, 3};
  for (std::int64_t time = 10; time < 13; ++time) {
    SlateWriter writer(db, {.source = SlateSource::service, .policy = "arm a", .version = "model=3"});
    writer.add({.session = writer.new_session(),
                .person = 1,
                .user = 1,
                .time = time,
                .candidates = candidates,
                .slate = slate});
  }
  ASSERT_EQ(list_slate_logs(db).size(), 1);
  EXPECT_TRUE(note_taken(db, 1, 3, 1.5));
  EXPECT_TRUE(note_taken(db, 1, 2, 1));
  EXPECT_FALSE(note_taken(db, 1, 1, 1)) << "it was not shown";
  EXPECT_FALSE(note_taken(db, 2, 3, 1)) << "nothing was shown to them";
  const std::vector<Owned> kept = all_of(db, 1);
  ASSERT_EQ(kept.size(), 3);
  EXPECT_EQ(kept[2].rest.chosen, 1);
  EXPECT_EQ(kept[2].rest.reward, 1.5);
  EXPECT_EQ(kept[1].rest.chosen, 0);
  EXPECT_FALSE(kept[0].rest.chosen);
}

TEST(Slates, GoWithThePerson) {
  const test::TemporaryFolder folder;
  Database db(folder.file("a.db"), OpenMode::create);
  db.execute("INSERT INTO users (id, key) VALUES (1, 'ann'), (2, 'bob')");
  const ItemNames items = {1, 2};
  SlateWriter writer(db, {.policy = "p"});
  for (std::int64_t session = 0; session < 6; ++session) {
    writer.add(
        {.session = session, .person = session % 2, .user = 1 + session % 2, .candidates = items, .slate = items});
  }
  EXPECT_EQ(forget_user(db, "bob")->slates, 3);
  EXPECT_EQ(all_of(db, writer.log()).size(), 3);
}

TEST(Slates, ThatAreDamagedAreFound) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  Database db(path, OpenMode::create);
  const ItemNames items = {1, 2};
  Transaction transaction(db);
  SlateWriter writer(db, {.policy = "p"});
  writer.add({.candidates = items, .slate = items, .probability = 0.5});
  writer.add({.step = 1, .candidates = items, .slate = items, .probability = 0.5});
  transaction.commit();
  EXPECT_TRUE(check_database(path, {}).empty());
  for (const char* damage : {"probability = 2 WHERE step = 1", "slate = '[1,5]' WHERE step = 1", "slate = 'x'",
                             "candidates = NULL WHERE step = 0", "chosen = -1"}) {
    db.execute(std::string("SAVEPOINT s; UPDATE slates SET ") + damage + "; RELEASE s");
    EXPECT_THROW(all_of(db, writer.log()), DamagedError) << damage;
    EXPECT_THAT(check_database(path, {}), Contains(HasSubstr("log 1, session 0, step"))) << damage;
    db.execute("DELETE FROM slates");
    SlateWriter again(db, {.policy = "p"});
    again.add({.candidates = items, .slate = items, .probability = 0.5});
    again.add({.step = 1, .candidates = items, .slate = items, .probability = 0.5});
  }
}

}  // namespace
}  // namespace infodiet::recsys
