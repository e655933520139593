#include "rl/loop/loop.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/forget.hpp"
#include "rl/loop/loop_file.hpp"
#include "rl/policies/rerank.hpp"
#include "rl/policies/simple.hpp"
#include "tests/rl/loop/loop_world.hpp"
#include "tests/rl/rollouts.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::rl {
namespace {

LoopArm feed(const std::string& name, std::shared_ptr<const Policy> policy) {
  return {.name = name, .kind = LoopArm::Kind::feed, .policy = std::move(policy)};
}

std::vector<LoopArm> greedy_beside_others() {
  return {feed("greedy", std::make_shared<GreedyPolicy>()),
          {.name = "random", .kind = LoopArm::Kind::random},
          {.name = "alone", .kind = LoopArm::Kind::alone}};
}

LoopOptions short_weeks(const test::LoopWorld& made) {
  return {.seed = 5,
          .people = 40,
          .catalogue = {.taste_drift = 0.05, .candidates = 20, .slate = 4, .steps = 6},
          .retraining = Retraining{.training = made.training, .epochs = 1, .length = 20}};
}

/// Of the first feed's recommender.
std::vector<float> numbers_of(const Loop& loop) {
  const engine::Matrix<float>& items = loop.state(0).weights.items;
  return {items.begin(), items.end()};
}

TEST(Loop, SameBitsOnAnyNumberOfThreads) {
  engine::ThreadPool one(1);
  engine::ThreadPool three(3);
  const test::LoopWorld made = test::loop_world(60, one);
  Loop a(made.world, *made.model, greedy_beside_others(), short_weeks(made), one);
  Loop b(made.world, *made.model, greedy_beside_others(), short_weeks(made), three);
  for (int week = 0; week < 2; ++week) {
    a.run_week();
    b.run_week();
  }
  EXPECT_EQ(loop_figures_json(a), loop_figures_json(b));
  EXPECT_EQ(numbers_of(a), numbers_of(b));
}

TEST(Loop, GoesOnFromACheckpointAsIfNeverInterrupted) {
  const test::TemporaryFolder folder;
  engine::ThreadPool pool(2);
  const test::LoopWorld made = test::loop_world(60, pool);
  const LoopIdentity identity{.configuration = "{}", .seed = 5, .data_fingerprint = "this"};
  const auto fresh = [&] { return Loop(made.world, *made.model, greedy_beside_others(), short_weeks(made), pool); };
  recsys::Database db(folder.file("loop.db"), recsys::OpenMode::create);
  Loop whole = fresh();
  EXPECT_FALSE(restore_loop(db, identity, whole));
  whole.run_week();
  whole.run_week();
  save_loop(db, identity, whole);
  Loop later = fresh();
  ASSERT_TRUE(restore_loop(db, identity, later));
  EXPECT_EQ(later.weeks(), 2U);
  whole.run_week();
  later.run_week();
  EXPECT_EQ(loop_figures_json(whole), loop_figures_json(later));
  EXPECT_EQ(numbers_of(whole), numbers_of(later));
  for (const LoopIdentity& other :
       {LoopIdentity{"{\"users\":3}", 5, "this"}, LoopIdentity{"{}", 6, "this"}, LoopIdentity{"{}", 5, "that"}}) {
    EXPECT_THROW(restore_loop(db, other, later), recsys::DataError);
  }
}

TEST(Loop, KeepsTheMarkOfTheModelThatItBeganWithAndNothingOfWhoIsForgotten) {
  const test::TemporaryFolder folder;
  engine::ThreadPool pool(2);
  const test::LoopWorld made = test::loop_world(60, pool);
  Loop loop(made.world, *made.model, greedy_beside_others(), short_weeks(made), pool);
  loop.run_week();
  recsys::Database db(folder.file("loop.db"), recsys::OpenMode::create);
  {
    recsys::CatalogueWriter writer(db);
    writer.add({.user_id = writer.user("somebody"), .item_id = writer.item("item")});
    writer.commit();
  }
  const auto mark = [&]() -> std::optional<std::int64_t> {
    recsys::Statement query = db.prepare("SELECT forgotten_users FROM models WHERE state = 'training'");
    return query.step() ? std::optional(query.integer(0)) : std::nullopt;
  };
  const LoopIdentity identity{.configuration = "{}", .seed = 5, .forgotten_users = 2};
  EXPECT_TRUE(save_loop(db, identity, loop));
  EXPECT_EQ(mark(), 2);
  recsys::forget_user(db, "somebody");
  EXPECT_EQ(mark(), std::nullopt) << "a checkpoint that knows them is deleted";
  EXPECT_FALSE(save_loop(db, identity, loop));
  EXPECT_EQ(mark(), std::nullopt);
  const RunRecord record{
      .command = "c", .configuration = "{}", .seed = 5, .environment = "catalogue", .policies = "[]", .reward = "null"};
  EXPECT_THROW(store_loop(db, record, loop, made.world, loop_figures_json(loop)), recsys::DataError);
}

TEST(Loop, IsKeptAsARunWithASessionForEachPersonOfEachArm) {
  const test::TemporaryFolder folder;
  engine::ThreadPool pool(2);
  const test::LoopWorld made = test::loop_world(60, pool);
  Loop loop(made.world, *made.model, greedy_beside_others(), short_weeks(made), pool);
  loop.run_week();
  recsys::Database db(folder.file("loop.db"), recsys::OpenMode::create);
  for (std::size_t u = 0; u < 60; ++u) {
    db.prepare("INSERT INTO users (id, key) VALUES (?, ?)").run(static_cast<std::int64_t>(u + 1), std::to_string(u));
  }
  save_loop(db, {.configuration = "{}", .seed = 5}, loop);
  const RunRecord record{
      .command = "c", .configuration = "{}", .seed = 5, .environment = "catalogue", .policies = "[]", .reward = "null"};
  const std::int64_t run = store_loop(db, record, loop, made.world, loop_figures_json(loop));
  recsys::Statement sessions = db.prepare("SELECT count(*), count(DISTINCT policy) FROM sessions WHERE run_id = ?");
  sessions.bind(run);
  ASSERT_TRUE(sessions.step());
  EXPECT_EQ(sessions.integer(0), 3 * 40);
  EXPECT_EQ(sessions.integer(1), 3);
  EXPECT_FALSE(restore_loop(db, {.configuration = "{}", .seed = 5}, loop)) << "the checkpoint is gone";
}

TEST(Loop, WhatIsLeftWhenAllIsHadComesBackFromTheBeginning) {
  engine::ThreadPool pool(2);
  const test::LoopWorld made = test::loop_world(30, pool);
  LoopOptions options = short_weeks(made);
  options.people = 10;
  options.retraining.reset();
  options.catalogue = {.rest = -50, .loyalty = 10, .candidates = 60, .slate = 4, .steps = 60};
  Loop loop(made.world, *made.model, greedy_beside_others(), options, pool);
  for (int week = 0; week < 4; ++week) loop.run_week();
  EXPECT_EQ(loop.state(0).people[0].consumed.size(), 240U) << "of 160 items";
}

/// The last week of each arm, after `weeks`.
std::vector<WeekFigures> in_the_end(const test::LoopWorld& made, std::vector<LoopArm> arms, bool retrained,
                                    engine::ThreadPool& pool) {
  LoopOptions options = short_weeks(made);
  options.people = 200;
  if (!retrained) options.retraining.reset();
  Loop loop(made.world, *made.model, std::move(arms), options, pool);
  for (int week = 0; week < 8; ++week) loop.run_week();
  std::vector<WeekFigures> figures;
  for (std::size_t arm = 0; arm < loop.arms().size(); ++arm) figures.push_back(loop.state(arm).weeks.back());
  return figures;
}

// Chaney, Stewart & Engelhardt (RecSys'18): a recommender that learns from its own feed makes people alike, beyond what
// it does without learning and what they are without it. Exploration and calibration reduce that.
TEST(Loop, LearningFromItsOwnFeedMakesPeopleAlike) {
  engine::ThreadPool pool(2);
  const test::LoopWorld made = test::loop_world(200, pool);
  std::vector<LoopArm> arms{feed("greedy", std::make_shared<GreedyPolicy>()),
                            feed("epsilon-greedy", std::make_shared<EpsilonGreedyPolicy>(0.3)),
                            feed("calibrated", std::make_shared<CalibratedPolicy>(0.5)),
                            {.name = "random", .kind = LoopArm::Kind::random},
                            {.name = "alone", .kind = LoopArm::Kind::alone}};
  const std::vector<WeekFigures> fixed = in_the_end(made, greedy_beside_others(), false, pool);
  const std::vector<WeekFigures> retrained = in_the_end(made, arms, true, pool);
  test::expect_more(retrained[0].overlap, fixed[0].overlap);
  for (std::size_t other = 1; other < arms.size(); ++other) {
    SCOPED_TRACE(arms[other].name);
    test::expect_more(retrained[0].overlap, retrained[other].overlap);
  }
}

// Jiang et al. (AIES'19): a feed that knows what people like keeps their tastes narrow (an echo chamber) and what they
// consume narrower still (a filter bubble); random exposure does so least.
TEST(Loop, FeedsThatKnowTastesKeepThemNarrow) {
  engine::ThreadPool pool(2);
  const test::LoopWorld made = test::loop_world(200, pool, {.favourite = 0.75, .popular = false, .epochs = 40});
  const std::vector<WeekFigures> figures = in_the_end(made, greedy_beside_others(), true, pool);
  const WeekFigures& greedy = figures[0];
  const WeekFigures& random = figures[1];
  const WeekFigures& alone = figures[2];
  test::expect_more(alone.taste_topics, greedy.taste_topics);
  test::expect_more(random.taste_topics, alone.taste_topics);
  test::expect_more(alone.consumed_topics, greedy.consumed_topics);
  test::expect_more(greedy.taste_topics, greedy.consumed_topics);
}

TEST(Loop, RefusesFewerItemsThanASessionNeeds) {
  engine::ThreadPool pool(2);
  const test::LoopWorld made = test::loop_world(30, pool);
  LoopOptions options = short_weeks(made);
  options.catalogue.candidates = 160;
  EXPECT_THROW(Loop(made.world, *made.model, greedy_beside_others(), options, pool), recsys::DataError);
}

TEST(WeekFigures, AreTheirDefinitions) {
  const recsys::Dataset data = test::loop_data(30);
  const Catalogue catalogue = test::loop_catalogue(data);
  std::vector<bool> popular(test::loop_items, false);
  popular[0] = true;
  const std::vector<double> even(test::loop_topics, 1.0 / test::loop_topics);
  const std::vector<PersonWeek> people{
      {.consumed = {0, 1, 2, 3}, .engagement = 10, .taste = even, .satisfaction = 0.5},
      {.consumed = {0, 1, 8, 9}, .engagement = 20, .taste = even, .satisfaction = -0.5},
      {.consumed = {}, .taste = even, .came = false}};
  const WeekFigures figures = measure_week(people, catalogue, popular);
  EXPECT_NEAR(figures.taste_topics.mean, 8, 1e-12);
  EXPECT_NEAR(figures.consumed_topics.mean, (4 + 2) / 2.0, 1e-12);
  EXPECT_NEAR(figures.overlap.mean, 2.0 / 6, 1e-12);
  EXPECT_NEAR(figures.popular.mean, 0.25, 1e-12);
  EXPECT_NEAR(figures.satisfaction.mean, 0, 1e-12);
  EXPECT_NEAR(figures.returns.mean, 2.0 / 3, 1e-12);
  EXPECT_NEAR(figures.engagement.mean, 15, 1e-12);
}

}  // namespace
}  // namespace infodiet::rl
