#include "rl/answers/filter.hpp"

#include <gtest/gtest.h>

#include <set>

#include "engine/random.hpp"
#include "recsys/errors.hpp"
#include "rl/answers/recommend.hpp"
#include "rl/answers/similar.hpp"
#include "tests/rl/answers/answered_world.hpp"

namespace infodiet::rl {
namespace {

using test::AnsweredWorld;

/// A file in which some items are hidden and some are available for a time.
class FilteredWorld : public testing::TestWithParam<double> {
 protected:
  FilteredWorld() : world_(GetParam()) {
    for (std::size_t i = 0; i < AnsweredWorld::items; i += 7) set(i, "hidden = 1");
    for (std::size_t i = 1; i < AnsweredWorld::items; i += 6) set(i, "available_from = 100");
    for (std::size_t i = 1; i < AnsweredWorld::items; i += 4) set(i, "available_until = 200");
  }
  void set(std::size_t item, const std::string& what) {
    world_.file.execute("UPDATE items SET " + what + " WHERE id = " + std::to_string(item + 1));
  }
  static bool shown(std::size_t item, std::int64_t at) {
    return item % 7 != 0 && (item % 6 != 1 || at >= 100) && (item % 4 != 1 || at < 200);
  }

  AnsweredWorld world_;
};

struct Drawn {
  Filter filter;
  std::string user;
  std::size_t k;
};

Drawn draw(engine::RandomStream& random) {
  Drawn drawn{
      .filter = {}, .user = "u" + std::to_string(random.below(AnsweredWorld::people)), .k = 1 + random.below(12)};
  const auto items = [&](std::size_t count) {
    std::vector<recsys::ItemIndex> some;
    for (std::size_t i = 0; i < count; ++i) {
      some.push_back(static_cast<recsys::ItemIndex>(random.below(AnsweredWorld::items)));
    }
    return some;
  };
  if (random.below(2) == 0) drawn.filter.exclude = items(random.below(20));
  if (random.below(3) == 0) drawn.filter.only = items(random.below(40));
  if (random.below(3) == 0) drawn.filter.topics = {static_cast<std::uint32_t>(random.below(3))};
  drawn.filter.at = std::array<std::int64_t, 5>{0, 99, 100, 199, 200}[random.below(5)];
  return drawn;
}

bool passes(const Filter& filter, const View& view, recsys::ItemIndex item) {
  const auto holds = [](const auto& all, auto one) { return std::find(all.begin(), all.end(), one) != all.end(); };
  if (holds(filter.exclude, item) || (filter.only && !holds(*filter.only, item))) return false;
  return filter.topics.empty() || holds(view.topics().of(item), filter.topics.front());
}

TEST_P(FilteredWorld, ListsAreThoseOfBruteForceOverWhatIsAllowed) {
  const recsys::Database db(world_.path, recsys::OpenMode::read_only);
  const View cold(db);
  const View warm(db, Loading::at_once);
  engine::ThreadPool pool(1);
  engine::RandomStream random(5, engine::Purpose::test);
  std::size_t empty = 0;
  for (int round = 0; round < 400; ++round) {
    const Drawn drawn = draw(random);
    const Profile profile = cold.stored_profile(drawn.user, "user");
    std::vector<float> scores(AnsweredWorld::items);
    const recsys::History history = profile.history();
    cold.require_model().score({&history, 1}, {scores.data(), 1, scores.size()});
    std::vector<recsys::ItemIndex> refused(profile.items);
    for (recsys::ItemIndex item = 0; item < AnsweredWorld::items; ++item) {
      if (!shown(item, *drawn.filter.at) || !passes(drawn.filter, cold, item)) refused.push_back(item);
    }
    const std::vector<recsys::ScoredItem> expected = recsys::top_k(scores, refused, drawn.k);
    for (const View* view : {&cold, &warm}) {
      const Recommendation got =
          recommend(*view, pool, profile, {.k = drawn.k, .filter = drawn.filter, .reasons = false});
      ASSERT_EQ(got.picks.size(), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(got.picks[i].scored.item, expected[i].item);
      EXPECT_EQ(got.nothing.empty(), !expected.empty());
    }
    empty += expected.empty() ? 1 : 0;
  }
  EXPECT_GT(empty, 5U) << "the draws should try that too";
}

TEST_P(FilteredWorld, EverybodysListsAndNeighboursAreFilteredToo) {
  const recsys::Database db(world_.path, recsys::OpenMode::read_only);
  const View view(db);
  engine::ThreadPool pool(1);
  const Filter filter{.exclude = {2, 3}, .at = 150};
  batch_recommend(view, pool, 30, filter, [&](std::size_t user, const Recommendation& list) {
    const Profile profile = view.stored_profile(std::string(view.users()[user]), "user");
    const std::set<recsys::ItemIndex> seen(profile.items.begin(), profile.items.end());
    EXPECT_FALSE(list.picks.empty());
    for (const Pick& pick : list.picks) {
      const recsys::ItemIndex item = pick.scored.item;
      EXPECT_TRUE(shown(item, 150) && item != 2 && item != 3 && !seen.contains(item)) << item;
    }
  });
  const std::vector<recsys::ScoredItem> neighbours = similar(view, 8, 30, filter).items;
  EXPECT_FALSE(neighbours.empty());
  for (const recsys::ScoredItem& one : neighbours) {
    EXPECT_TRUE(shown(one.item, 150) && one.item != 2 && one.item != 3 && one.item != 8) << one.item;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, FilteredWorld, testing::Values(0.0, 0.4));

TEST(Filter, AnEmptyListSaysWhy) {
  AnsweredWorld world;
  world.file.execute("INSERT INTO users (id, key) VALUES (99, 'crawler')");
  recsys::Transaction all(world.file);
  for (std::size_t i = 0; i < AnsweredWorld::items; ++i) {
    world.file.prepare("INSERT INTO interactions (user_id, sequence, item_id, time) VALUES (99, ?, ?, 5)")
        .run(i, i + 1);
  }
  all.commit();
  const recsys::Database db(world.path, recsys::OpenMode::read_only);
  const View view(db);
  engine::ThreadPool pool(1);
  const Profile crawler = view.stored_profile("crawler", "user");
  EXPECT_EQ(recommend(view, pool, crawler, {}).nothing,
            "all 30 items that may be shown were consumed before, and repeats are forbidden");
  EXPECT_EQ(
      recommend(view, pool, view.stored_profile("u1", "user"), {.filter = {.only = std::vector<recsys::ItemIndex>()}})
          .nothing,
      "no item is left: all are hidden, unavailable or filtered out");
}

TEST(Similar, LeavesOutWhatWasNeverTrainedOn) {
  AnsweredWorld world;
  world.add_item(AnsweredWorld::items);
  world.add_item(AnsweredWorld::items + 3);
  const recsys::Database db(world.path, recsys::OpenMode::read_only);
  const View view(db);
  const Similar fresh = similar(view, AnsweredWorld::items, 100);
  EXPECT_FALSE(fresh.trained);
  std::size_t trained = 0;
  for (recsys::ItemIndex item = 0; item < view.items().size(); ++item) {
    trained += view.require_model().attention().trained(item) ? 1 : 0;
  }
  EXPECT_GT(trained, 20U);
  EXPECT_EQ(fresh.items.size(), trained);
  const Similar known = similar(view, 0, 100);
  EXPECT_TRUE(known.trained);
  EXPECT_EQ(known.items.size(), trained - 1);
  for (const recsys::ScoredItem& one : fresh.items) EXPECT_LT(one.item, AnsweredWorld::items);
}

TEST(Recommend, RepeatsWhereThePublishedModelAllowsIt) {
  AnsweredWorld world(0.4);
  engine::ThreadPool pool(1);
  const auto holds_something_seen = [&] {
    const recsys::Database db(world.path, recsys::OpenMode::read_only);
    const View view(db);
    const Profile profile = view.stored_profile("u3", "user");
    bool found = false;
    for (const Pick& pick : recommend(view, pool, profile, {.k = 30, .reasons = false}).picks) {
      found = found || std::count(profile.items.begin(), profile.items.end(), pick.scored.item) > 0;
    }
    batch_recommend(view, pool, 30, {}, [&](std::size_t user, const Recommendation& list) {
      if (view.users()[user] != "u3") return;
      // Three of the six that they consumed they rated low.
      EXPECT_EQ(list.picks.size(), found ? 27U : 24U);
    });
    return found;
  };
  EXPECT_FALSE(holds_something_seen());
  world.publish(0.4, recsys::Repeats::allow);
  EXPECT_TRUE(holds_something_seen());
  world.file.execute("UPDATE models SET configuration = json_set(configuration, '$.repeats', 'maybe')");
  EXPECT_THROW(holds_something_seen(), recsys::DamagedError);
}

}  // namespace
}  // namespace infodiet::rl
