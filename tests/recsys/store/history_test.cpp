// Histories against a simple model of them: std::map and sorting.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "engine/random.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/load_dataset.hpp"

namespace infodiet::recsys {
namespace {

struct Event {
  std::optional<std::int64_t> time;
  std::string item;
};

class ReferenceStore {
 public:
  bool add(const std::string& user, const Event& event) {
    std::vector<Event>& history = histories_[user];
    const auto same = [&](const Event& other) {
      return event.time.has_value() && other.time == event.time && other.item == event.item;
    };
    if (std::any_of(history.begin(), history.end(), same)) return false;
    history.push_back(event);
    return true;
  }
  std::map<std::string, std::vector<std::string>> ordered() const {
    std::map<std::string, std::vector<std::string>> ordered;
    for (auto [user, history] : histories_) {
      std::stable_sort(history.begin(), history.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
      for (const Event& event : history) ordered[user].push_back(event.item);
    }
    return ordered;
  }

 private:
  std::map<std::string, std::vector<Event>> histories_;
};

std::map<std::string, std::vector<std::string>> stored(const Database& db) {
  const Dataset dataset = load_dataset(db);
  const std::vector<User> users = list_users(db);
  const std::vector<Item> items = list_items(db);
  std::map<std::string, std::vector<std::string>> ordered;
  for (std::size_t user = 0; user < dataset.users(); ++user) {
    EXPECT_EQ(users[user].id, dataset.user_ids[user]);
    for (const ItemIndex item : dataset.history(user).items) ordered[users[user].key].push_back(items[item].key);
  }
  return ordered;
}

TEST(Histories, AgreeWithAMap) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    engine::RandomStream stream(seed, engine::Purpose::test);
    Database db = Database::in_memory();
    ReferenceStore reference;
    const bool all_timed = stream.below(2) == 0;
    for (std::uint64_t transaction = 0; transaction < 4; ++transaction) {
      CatalogueWriter writer(db);
      ReferenceStore attempt = reference;
      std::int64_t added = 0;
      std::int64_t duplicates = 0;
      for (std::uint64_t row = stream.below(300); row > 0; --row) {
        const std::string user = "u" + std::to_string(stream.below(12));
        Event event{.time = static_cast<std::int64_t>(stream.below(40)) - 20,
                    .item = "i" + std::to_string(stream.below(9))};
        if (!all_timed && stream.below(4) == 0) event.time.reset();
        (attempt.add(user, event) ? added : duplicates)++;
        writer.add({.user_id = writer.user(user), .item_id = writer.item(event.item), .time = event.time});
      }
      if (stream.below(4) == 0) continue;  // the writer rolls back
      const InteractionWriter::Written written = writer.commit();
      EXPECT_EQ(written.added, added);
      EXPECT_EQ(written.duplicates, duplicates);
      reference = attempt;
    }
    EXPECT_EQ(stored(db), reference.ordered());
  }
}

TEST(Histories, HaveTimesOnlyIfAllAreKnown) {
  Database db = Database::in_memory();
  const auto add = [&](std::optional<std::int64_t> time) {
    CatalogueWriter writer(db);
    writer.add({.user_id = writer.user("u"), .item_id = writer.item("i"), .time = time});
    writer.commit();
  };
  add(5);
  add(3);
  const Dataset timed = load_dataset(db);
  EXPECT_EQ(timed.times, (std::vector<std::int64_t>{3, 5}));
  add(std::nullopt);
  EXPECT_TRUE(load_dataset(db).times.empty());
  EXPECT_NE(data_fingerprint(load_dataset(db)), data_fingerprint(timed));
}

TEST(Histories, AreWrittenWholeAcrossBatches) {
  constexpr std::int64_t users = 70;
  constexpr std::int64_t steps = 100;
  Database db = Database::in_memory();
  db.execute("PRAGMA foreign_keys = OFF");
  for (const std::size_t batch_rows : {1U, 33U, 1000U}) {
    InteractionWriter writer(db, batch_rows);
    for (std::int64_t row = 0; row < users * steps; ++row) {
      writer.add({.user_id = row % users, .item_id = 1, .time = row / users});
      if (row % 3 == 0) writer.add({.user_id = row % users, .item_id = 1, .time = row / users / 2});
    }
    const InteractionWriter::Written written = writer.flush();
    EXPECT_EQ(written.added, users * steps);
    EXPECT_EQ(written.duplicates, (users * steps + 2) / 3);
    Statement query = db.prepare("SELECT user_id, sequence, time FROM interactions ORDER BY user_id, sequence");
    for (std::int64_t row = 0; row < users * steps; ++row) {
      ASSERT_TRUE(query.step());
      ASSERT_EQ(query.integer(0), row / steps);
      ASSERT_EQ(query.integer(1), row % steps + 1);
      ASSERT_EQ(query.integer(2), row % steps);
    }
    EXPECT_FALSE(query.step());
    db.execute("DELETE FROM interactions");
  }
}

TEST(Histories, KnowTheSmallestIdThereIs) {
  constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
  Database db = Database::in_memory();
  db.execute("INSERT INTO users (id, key) VALUES (1, 'u')");
  db.prepare("INSERT INTO items (id, key) VALUES (?, 'i')").run(smallest);
  db.prepare("INSERT INTO interactions (user_id, sequence, item_id) VALUES (1, 1, ?)").run(smallest);
  const Dataset data = load_dataset(db);
  EXPECT_EQ(data.item_ids, std::vector<std::int64_t>{smallest});
  EXPECT_EQ(data.items, std::vector<ItemIndex>{0});
}

TEST(Histories, GoWithTheirUser) {
  Database db = Database::in_memory();
  {
    CatalogueWriter writer(db);
    writer.add({.user_id = writer.user("u"), .item_id = writer.item("i"), .time = 1});
    writer.add({.user_id = writer.user("v"), .item_id = writer.item("i"), .time = 1});
    writer.commit();
  }
  db.prepare("DELETE FROM users WHERE key = ?").run("u");
  EXPECT_EQ(stored(db), (std::map<std::string, std::vector<std::string>>{{"v", {"i"}}}));
  EXPECT_THROW(db.execute("INSERT INTO interactions (user_id, sequence, item_id) VALUES (77, 1, 1)"), std::exception);
}

}  // namespace
}  // namespace infodiet::recsys
