#include <gtest/gtest.h>

#include <filesystem>

#include "recsys/attention/blend_file.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/forget.hpp"
#include "rl/answers/diet.hpp"
#include "rl/answers/explain.hpp"
#include "rl/answers/recommend.hpp"
#include "rl/answers/similar.hpp"
#include "tests/rl/answers/answered_world.hpp"

namespace infodiet::rl {
namespace {

using test::AnsweredWorld;

std::vector<recsys::ScoredItem> list_of(const Recommendation& recommendation) {
  std::vector<recsys::ScoredItem> list;
  for (const Pick& pick : recommendation.picks) list.push_back(pick.scored);
  return list;
}

/// Every answer, in one comparable struct.
struct Everything {
  std::vector<recsys::ScoredItem> list;
  std::vector<std::pair<recsys::ItemIndex, double>> carriers;
  std::vector<double> contributions;
  std::vector<recsys::ScoredItem> neighbours;
  std::vector<std::optional<double>> label;
  std::vector<recsys::ScoredItem> popular;

  Everything(const View& view, engine::ThreadPool& pool) {
    const Profile profile = view.stored_profile("u3", "user");
    const Recommendation recommendation = recommend(view, pool, profile, {.k = 5});
    list = list_of(recommendation);
    for (const Pick& pick : recommendation.picks) {
      for (const Carrier& carrier : pick.because) carriers.emplace_back(carrier.item, carrier.weight);
    }
    for (const Grounds& grounds : explain(view, pool, profile, 29, 10).because) {
      contributions.push_back(grounds.reason.contribution);
    }
    neighbours = similar(view, 4, 5).items;
    for (const LabelLine& line : diet_label(view, pool, profile).lines) label.push_back(line.value);
    popular = list_of(recommend(view, pool, view.stored_profile("new", "user"), {.k = 30}));
  }
  bool operator==(const Everything&) const = default;
};

TEST(View, AnswersFromOneStateWhateverIsWrittenMeanwhile) {
  AnsweredWorld world;
  engine::ThreadPool pool(1);
  const recsys::Database db(world.path, recsys::OpenMode::read_only);
  const View view(db);
  world.add_item(AnsweredWorld::items);
  world.add_person(AnsweredWorld::people + 1);
  world.publish(0.5);
  EXPECT_EQ(view.items().size(), AnsweredWorld::items);
  EXPECT_EQ(view.users().size(), AnsweredWorld::people + 1);
  EXPECT_EQ(view.world().catalogue.size(), AnsweredWorld::items);
  EXPECT_FALSE(view.require_model().mixes());
  EXPECT_EQ(Everything(view, pool), Everything(view, pool));
}

TEST(View, GoesOnWithTheModelOfTheViewBeforeWhereNothingElseIsToBeKnown) {
  AnsweredWorld world;
  engine::ThreadPool pool(1);
  const recsys::Database db(world.path, recsys::OpenMode::read_only);
  const auto after = [&](const View* before) {
    return std::make_unique<View>(db, Loading::at_once, std::nullopt, std::nullopt, 1U << 20U, before);
  };
  const auto first = after(nullptr);
  world.add_person(AnsweredWorld::people + 1);
  const auto second = after(first.get());
  EXPECT_EQ(second->model(), first->model());
  EXPECT_EQ(second->users().size(), AnsweredWorld::people + 2);
  EXPECT_EQ(Everything(*second, pool).list, Everything(*first, pool).list);
  world.add_item(AnsweredWorld::items);
  const auto third = after(second.get());
  EXPECT_NE(third->model(), second->model());
  EXPECT_EQ(third->model()->catalogue_size(), AnsweredWorld::items + 1);
  {
    recsys::Database writing(world.path, recsys::OpenMode::read_write);
    recsys::forget_user(writing, "u1");
  }
  const auto fourth = after(third.get());
  EXPECT_NE(fourth->model(), third->model());
  world.publish(0.5);
  const auto fifth = after(fourth.get());
  EXPECT_EQ(recsys::mean_weight(fifth->model()->blend(), "item_knn"), 0.5);
}

TEST(View, LoadsAtOnceAndThenNeedsNoFile) {
  AnsweredWorld world;
  engine::ThreadPool pool(1);
  const auto expected = [&] {
    const recsys::Database db(world.path, recsys::OpenMode::read_only);
    const View view(db);
    return Everything(view, pool);
  }();
  auto db = std::make_unique<recsys::Database>(world.path, recsys::OpenMode::read_only);
  const View view(*db, Loading::at_once);
  db.reset();
  EXPECT_EQ(Everything(view, pool), expected);
  EXPECT_THROW(recommend(view, pool, view.stored_profile("u3", "user"), {.chooser = Chooser::agent}),
               recsys::DataError);
}

TEST(View, IsSharedByThreads) {
  for (const Loading loading : {Loading::as_needed, Loading::at_once}) {
    const AnsweredWorld world(0.3);
    const recsys::Database db(world.path, recsys::OpenMode::read_only);
    engine::ThreadPool alone(1);
    const Everything expected(View(db), alone);
    const View view(db, loading);
    engine::ThreadPool askers(4);
    std::vector<int> equal(16, 0);
    askers.run(equal.size(), [&](std::size_t task, std::size_t) {
      engine::ThreadPool pool(1);
      equal[task] = Everything(view, pool) == expected ? 1 : 0;
    });
    EXPECT_EQ(equal, std::vector<int>(16, 1));
  }
}

TEST(View, HelpsWithIdsItDoesNotKnow) {
  const AnsweredWorld world;
  const recsys::Database db(world.path, recsys::OpenMode::read_only);
  const View view(db);
  const auto message_of = [](auto&& ask) -> std::string {
    try {
      ask();
    } catch (const recsys::DataError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(message_of([&] { view.item("i1x", "--item"); }),
            "--item: there is no item 'i1x' in " + world.path + "; did you mean 'i1'?");
  EXPECT_EQ(
      message_of([&] { view.stored_profile("somebody", "--user"); }),
      "--user: there is no user 'somebody' in " + world.path + "; ids are those they were imported with, such as 'u0'");
  EXPECT_FALSE(view.profile("somebody", {}, "history").stored);
}

TEST(Recommend, GivesWhatIsNewToThemAndLabelsEveryFallback) {
  const AnsweredWorld world;
  engine::ThreadPool pool(1);
  const recsys::Database db(world.path, recsys::OpenMode::read_only);
  const View view(db);
  const std::vector<std::string> more{"i7", "i9"};
  const Profile profile = view.profile("u3", more, "history");
  EXPECT_EQ(profile.items.size(), 8U);
  EXPECT_EQ(profile.times.size(), 8U);
  const Recommendation own = recommend(view, pool, profile, {.k = 100});
  EXPECT_EQ(own.model, "attention");
  EXPECT_EQ(own.fallback, "");
  for (const Pick& pick : own.picks) {
    EXPECT_EQ(std::count(profile.items.begin(), profile.items.end(), pick.scored.item), 0);
  }
  EXPECT_EQ(recommend(view, pool, view.profile("nobody", {}, "history"), {}).fallback, "user 'nobody' is not known");
  EXPECT_EQ(recommend(view, pool, view.profile("new", {}, "history"), {}).fallback, "user 'new' has no history");
  EXPECT_EQ(recommend(view, pool, {}, {}).model, "popularity");

  std::size_t visited = 0;
  batch_recommend(view, pool, 4, {}, [&](std::size_t user, const Recommendation& list) {
    EXPECT_EQ(user, visited++);
    const Profile one = view.stored_profile(std::string(view.users()[user]), "user");
    const Recommendation alone = recommend(view, pool, one, {.k = 4, .reasons = false});
    EXPECT_EQ(list.model, alone.model);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(list.picks[i].scored.item, alone.picks[i].scored.item);
      EXPECT_NEAR(list.picks[i].scored.score, alone.picks[i].scored.score, 1e-5);
    }
  });
  EXPECT_EQ(visited, AnsweredWorld::people + 1);
}

TEST(Recommend, MakesTheSameListInAllItsWays) {
  const AnsweredWorld world;
  engine::ThreadPool pool(1);
  const recsys::Database db(world.path, recsys::OpenMode::read_only);
  const View cold(db);
  const View warm(db, Loading::at_once);
  for (const char* key : {"u0", "u7", "u19"}) {
    const Profile profile = cold.stored_profile(key, "user");
    std::vector<float> scores(AnsweredWorld::items);
    const recsys::History history = profile.history();
    cold.require_model().score({&history, 1}, {scores.data(), 1, scores.size()});
    const std::vector<recsys::ScoredItem> expected = recsys::top_k(scores, profile.items, 8);
    const auto quick = list_of(recommend(cold, pool, profile, {.k = 8, .reasons = false}));
    EXPECT_EQ(quick, list_of(recommend(warm, pool, profile, {.k = 8, .reasons = false})));
    ASSERT_EQ(quick.size(), expected.size());
    for (std::size_t i = 0; i < quick.size(); ++i) {
      EXPECT_EQ(quick[i].item, expected[i].item);
      EXPECT_NEAR(quick[i].score, expected[i].score, 1e-5);
    }
  }
}

TEST(Answers, SayWhatIsMissing) {
  const test::TemporaryFolder folder;
  const recsys::Database db(folder.file("empty.db"), recsys::OpenMode::create);
  engine::ThreadPool pool(1);
  const View view(db);
  EXPECT_EQ(view.model(), nullptr);
  EXPECT_THROW(view.require_model(), Error);
  EXPECT_THROW(similar(view, 0, 3), Error);
  EXPECT_THROW(diet_label(view, pool, {.key = "u"}), recsys::DataError);
  EXPECT_THROW(explain(view, pool, {.key = "u"}, 0, 3), recsys::DataError);
  EXPECT_THROW(recommend(view, pool, {}, {.diet = 0.5}), recsys::DataError);
  EXPECT_TRUE(recommend(view, pool, {}, {}).picks.empty());
  EXPECT_EQ(diet_spread(view, pool).users, 0U);
}

}  // namespace
}  // namespace infodiet::rl
