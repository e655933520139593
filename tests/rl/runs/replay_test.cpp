#include "rl/runs/replay.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "recsys/errors.hpp"
#include "rl/environments/choc_kale.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/policies/simple.hpp"
#include "rl/session.hpp"
#include "tests/rl/catalogue_world.hpp"

namespace infodiet::rl {
namespace {

const RunRecord replayed_run{.command = "infodiet simulate",
                             .configuration = "{\"users\":3}",
                             .seed = 4,
                             .environment = "any",
                             .policies = "[\"random\"]",
                             .reward = "null"};

/// Simulates, keeps, and gives session `number` as stored.
std::vector<StoredStep> stored_session(recsys::Database& db, const Environment& environment, std::uint32_t number,
                                       const StoredIds& ids = {}) {
  engine::ThreadPool pool(1);
  RunWriter writer(db, replayed_run, Keep::steps, ids);
  writer.begin_policy("random");
  simulate(environment, RandomPolicy(), {.seed = 4, .count = number + 2}, pool, &writer);
  writer.finish("{}");
  for (const StoredSession& session : list_sessions_with_steps(db, writer.run(), "random")) {
    if (session.number == number) return load_steps(db, session.id);
  }
  return {};
}

TEST(Replay, TellsWhatASatiationSessionWasLikeFromWithin) {
  recsys::Database db = recsys::Database::in_memory();
  const Satiation environment({.steps = 12});
  const std::vector<StoredStep> steps = stored_session(db, environment, 5);
  const std::vector<Moment> moments = replay(environment, {.seed = 4, .first = 5, .count = 1}, steps, {});
  ASSERT_EQ(moments.size(), 12U);

  Satiation::State state;
  std::vector<std::size_t> topics;
  for (std::size_t t = 0; t < steps.size(); ++t) {
    const Satiation::Utilities worth = environment.utilities(state);
    double taken = 0;
    double same = 0;
    for (const double item : steps[t].shown) {
      taken += std::exp(worth.item[static_cast<std::size_t>(item)]);
      const std::size_t first = topics.size() > 5 ? topics.size() - 5 : 0;
      for (std::size_t i = first; i < topics.size(); ++i) same += topics[i] == static_cast<std::size_t>(item) / 2;
    }
    EXPECT_NEAR(moments[t].satisfaction, taken / (taken + std::exp(worth.nothing)), 1e-12);
    ASSERT_TRUE(moments[t].satiation);
    EXPECT_NEAR(*moments[t].satiation, same / 15, 1e-12) << "three items, five remembered";
    std::uint32_t outcome = 0;
    if (steps[t].chosen) {
      const auto item = static_cast<std::size_t>(steps[t].shown[*steps[t].chosen]);
      topics.push_back(item / 2);
      outcome = static_cast<std::uint32_t>(item) + 1;
    }
    state = environment.after(state, outcome);
    EXPECT_EQ(moments[t].effective_topics.has_value(), !topics.empty());
  }
  ASSERT_TRUE(moments.back().effective_topics);
  EXPECT_GT(*moments.back().effective_topics, 1.0);
  EXPECT_LE(*moments.back().effective_topics, 4.0);
}

TEST(Replay, KnowsChocKalesOwnSatisfactionAlsoWhereItemsAreDrawnAfresh) {
  recsys::Database db = recsys::Database::in_memory();
  const ChocKale environment({.sensitivity = 0.5, .resample = true, .steps = 7});
  const std::vector<StoredStep> steps = stored_session(db, environment, 2);
  const SessionPlan plan{.seed = 4, .first = 2, .count = 1};
  const std::vector<Moment> moments = replay(environment, plan, steps, {});
  Sessions<ChocKale> sessions(environment);
  sessions.reset(plan);
  ASSERT_EQ(moments.size(), 7U);
  EXPECT_EQ(moments[0].satisfaction, environment.satisfaction(sessions.state(0).exposure));
  EXPECT_NE(moments[0].satisfaction, moments[6].satisfaction);
  EXPECT_FALSE(moments[6].satiation) << "items have no topics";
  EXPECT_FALSE(moments[6].effective_topics);
}

TEST(Replay, FindsItemsOfADataSetByTheirIds) {
  recsys::Database db = recsys::Database::in_memory();
  const recsys::Dataset data = test::world_data();
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment environment =
      test::world_environment(catalogue, {.engagement = 1, .quality = 1}, {.candidates = 10, .slate = 2, .steps = 8});
  const SessionPlan plan{.seed = 4, .first = 1, .count = 1};
  // Users need rows of their own to be referred to; items are in a text.
  const StoredIds ids{.users = {}, .items = data.item_ids};
  const std::vector<StoredStep> steps = stored_session(db, environment, 1, ids);
  const std::vector<Moment> moments = replay(environment, plan, steps, data.item_ids);
  ASSERT_EQ(moments.size(), 8U);
  for (const Moment& moment : moments) {
    EXPECT_GT(moment.satisfaction, 0);
    EXPECT_LT(moment.satisfaction, 1) << "a probability, whatever the reward";
    ASSERT_TRUE(moment.satiation);
  }
  EXPECT_EQ(*moments[0].satiation, 0);
  EXPECT_THROW(replay(environment, plan, steps, {}), recsys::DataError) << "stored by id, read by number";
}

TEST(Replay, RefusesASessionThatComesOutOtherwise) {
  recsys::Database db = recsys::Database::in_memory();
  const Satiation environment({.steps = 12});
  std::vector<StoredStep> steps = stored_session(db, environment, 0);
  const SessionPlan plan{.seed = 4, .first = 0, .count = 1};
  EXPECT_THROW(replay(environment, {.seed = 5, .first = 0, .count = 1}, steps, {}), recsys::DataError);
  EXPECT_THROW(replay(Satiation({.steps = 11}), plan, steps, {}), recsys::DataError);
  EXPECT_THROW(replay(Satiation({.slate = 2, .steps = 12}), plan, steps, {}), recsys::DataError);
  steps[3].shown[1] = 99;
  EXPECT_THROW(replay(environment, plan, steps, {}), recsys::DataError) << "there is no such item";
}

TEST(RunStore, GivesRunsBackAsTheyWereWritten) {
  recsys::Database db = recsys::Database::in_memory();
  const Satiation environment({.steps = 3});
  EXPECT_TRUE(list_runs(db).empty());
  stored_session(db, environment, 0);
  const std::vector<StoredRun> runs = list_runs(db);
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].record.command, replayed_run.command);
  EXPECT_EQ(runs[0].record.configuration, replayed_run.configuration);
  EXPECT_EQ(runs[0].record.seed, 4U);
  EXPECT_EQ(runs[0].record.policies, replayed_run.policies);
  EXPECT_EQ(runs[0].metrics, "{}");
  EXPECT_TRUE(list_sessions_with_steps(db, runs[0].id, "greedy").empty());
  const std::vector<StoredSession> sessions = list_sessions_with_steps(db, runs[0].id, "random");
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(load_steps(db, sessions[1].id).size(), 3U);

  db.execute("UPDATE steps SET shown = 'no array' WHERE step = 1");
  EXPECT_THROW(load_steps(db, sessions[1].id), recsys::DamagedError);
  db.execute("UPDATE steps SET shown = '[1,2,3]', chosen = 3");
  EXPECT_THROW(load_steps(db, sessions[1].id), recsys::DamagedError);
}

}  // namespace
}  // namespace infodiet::rl
