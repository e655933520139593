#include "rl/runs/run_store.hpp"

#include <gtest/gtest.h>

#include "rl/environments/choc_kale.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/policies/simple.hpp"
#include "tests/rl/catalogue_world.hpp"

namespace infodiet::rl {
namespace {

const RunRecord stored_run{.command = "infodiet simulate",
                           .configuration = "{}",
                           .seed = 4,
                           .environment = "satiation",
                           .policies = "[\"random\"]",
                           .reward = "null"};

std::int64_t count(const recsys::Database& db, const std::string& sql) {
  recsys::Statement query = db.prepare(sql);
  EXPECT_TRUE(query.step());
  return query.integer(0);
}

TEST(RunWriter, KeepsWhatReplaysFromTheSeed) {
  recsys::Database db = recsys::Database::in_memory();
  const Satiation environment({.steps = 6});
  engine::ThreadPool pool(2);
  const SessionPlan plan{.seed = 4, .count = 70};
  {
    RunWriter writer(db, stored_run, Keep::steps, {});
    writer.begin_policy("random");
    simulate(environment, RandomPolicy(), plan, pool, &writer);
    writer.finish("{\"done\":true}");
  }
  EXPECT_EQ(count(db, "SELECT count(*) FROM sessions"), 70);
  EXPECT_EQ(count(db, "SELECT count(*) FROM steps"), 70 * 6);
  EXPECT_EQ(count(db, "SELECT json_extract(metrics, '$.done') FROM runs"), 1);
  EXPECT_EQ(count(db,
                  "SELECT count(*) FROM sessions JOIN (SELECT session_id, sum(reward) AS total FROM steps GROUP BY "
                  "session_id) ON session_id = sessions.id WHERE abs(total - total_reward) > 1e-9"),
            0);

  // One session in the middle, run again alone.
  const auto sessions = environment.open_sessions();
  sessions->reset({.seed = 4, .first = 41, .count = 1});
  recsys::Statement steps = db.prepare(
      "SELECT json_extract(shown, '$[0]'), json_extract(shown, '$[2]'), chosen, reward FROM steps JOIN sessions ON "
      "sessions.id = session_id WHERE number = 41 ORDER BY step");
  std::vector<Position> slate(3);
  Outcome outcome;
  while (!sessions->done()) {
    RandomPolicy().choose(*sessions, {slate.data(), 1, 3});
    sessions->step({slate.data(), 1, 3}, {&outcome, 1});
    ASSERT_TRUE(steps.step());
    EXPECT_EQ(steps.integer(0), slate[0]);
    EXPECT_EQ(steps.integer(1), slate[2]);
    EXPECT_EQ(steps.is_null(2), outcome.event.chosen == Event::nothing);
    EXPECT_EQ(steps.real(3), outcome.reward);
  }
  EXPECT_FALSE(steps.step());
}

TEST(RunWriter, LeavesNothingUnlessFinished) {
  recsys::Database db = recsys::Database::in_memory();
  engine::ThreadPool pool(1);
  {
    RunWriter writer(db, stored_run, Keep::steps, {});
    writer.begin_policy("random");
    simulate(Satiation(), RandomPolicy(), {.count = 3}, pool, &writer);
  }
  EXPECT_EQ(count(db, "SELECT count(*) FROM runs"), 0);
  EXPECT_EQ(count(db, "SELECT count(*) FROM steps"), 0);
}

TEST(RunWriter, SamplesTheFirstSessionsOfEachPolicy) {
  recsys::Database db = recsys::Database::in_memory();
  engine::ThreadPool pool(1);
  RunWriter writer(db, stored_run, Keep::samples, {});
  for (const char* policy : {"random", "again"}) {
    writer.begin_policy(policy);
    simulate(ChocKale({.resample = true, .steps = 2}), RandomPolicy(), {.count = 150}, pool, &writer);
  }
  writer.finish("{}");
  EXPECT_EQ(count(db, "SELECT count(*) FROM sessions"), 300);
  EXPECT_EQ(count(db, "SELECT count(*) FROM steps"), 2 * sampled_sessions * 2);
  EXPECT_EQ(count(db, "SELECT count(*) FROM steps WHERE json_extract(shown, '$[0]') BETWEEN 0 AND 1"),
            count(db, "SELECT count(*) FROM steps"))
      << "items drawn afresh are given by their clickbait";
}

TEST(RunWriter, NamesPeopleAndItemsOfADataSet) {
  recsys::Database db = recsys::Database::in_memory();
  for (int u = 0; u < 12; ++u) db.prepare("INSERT INTO users (id, key) VALUES (?, ?)").run(100 + u, std::to_string(u));
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment environment =
      test::world_environment(catalogue, {.engagement = 1}, {.candidates = 10, .slate = 2, .steps = 3});
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> items;
  for (std::int64_t u = 0; u < 12; ++u) users.push_back(100 + u);
  for (std::size_t i = 0; i < test::world_items; ++i) items.push_back(static_cast<std::int64_t>(1000 + i));
  engine::ThreadPool pool(1);
  RunWriter writer(db, stored_run, Keep::steps, {.users = users, .items = items});
  writer.begin_policy("greedy");
  simulate(environment, GreedyPolicy(), {.count = 40}, pool, &writer);
  writer.finish("{}");
  EXPECT_EQ(count(db, "SELECT count(*) FROM sessions WHERE user_id BETWEEN 100 AND 111"), 40);
  EXPECT_EQ(count(db, "SELECT count(*) FROM steps WHERE json_extract(shown, '$[0]') < 1000"), 0);
  EXPECT_EQ(count(db, "SELECT count(*) FROM steps WHERE chosen IS NULL AND diversity IS NOT NULL"), 0);
  EXPECT_GT(count(db, "SELECT count(*) FROM steps WHERE diversity IS NOT NULL"), 10);
}

}  // namespace
}  // namespace infodiet::rl
