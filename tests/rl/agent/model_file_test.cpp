#include "rl/agent/model_file.hpp"

#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "recsys/store/model_store.hpp"
#include "rl/environments/satiation.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

const Satiation short_satiation({.slate = 1, .steps = 4});

AgentSpec identity_of(const AgentTraining& training) {
  return {.environment = "satiation",
          .settings = {"slate=1", "steps=4"},
          .config = {.topics = short_satiation.shape().topics},
          .training = training};
}

std::vector<float> numbers_of(const AgentModel& model) {
  return {model.parameters().flat().begin(), model.parameters().flat().end()};
}

TEST(AgentFile, PublishedAgentsComeBackAsTheyWere) {
  recsys::Database db = recsys::Database::in_memory();
  engine::ThreadPool pool(1);
  const AgentSpec identity = identity_of({.updates = 2, .people = 2, .sessions_each = 2});
  AgentTrainer trainer(pool, short_satiation, identity.config, identity.training);
  AgentProgress progress;
  while (!trainer.finished()) progress.curve.push_back(trainer.update().mean_return);
  EXPECT_THROW(load_agent(db, "satiation", {}), recsys::DataError);
  publish_agent(db, identity, trainer, progress);
  const StoredAgent agent = load_agent(db, "satiation", {});
  EXPECT_EQ(numbers_of(*agent.model), numbers_of(trainer.model()));
  EXPECT_NE(agent.settings.find("steps=4"), std::string::npos);
  const std::vector<std::string> topics{"a", "b", "c", "d"};
  EXPECT_THROW(load_agent(db, "satiation", topics), recsys::DataError) << "it learned without named topics";
  EXPECT_THROW(load_agent(db, "catalogue", {}), recsys::DataError);
}

TEST(AgentFile, AgentsStoredBeforeTheMemoryWorkWithoutIt) {
  recsys::Database db = recsys::Database::in_memory();
  engine::ThreadPool pool(1);
  AgentSpec identity = identity_of({.updates = 1, .people = 2, .sessions_each = 2});
  identity.config.memory = UserMemory::no;
  AgentTrainer trainer(pool, short_satiation, identity.config, identity.training);
  trainer.update();
  publish_agent(db, identity, trainer, {});
  db.execute("UPDATE models SET configuration = json_remove(configuration, '$.model.memory')");
  const StoredAgent agent = load_agent(db, "satiation", {});
  EXPECT_EQ(agent.model->user(), nullptr);
  EXPECT_EQ(numbers_of(*agent.model), numbers_of(trainer.model()));
  const auto mean_of = [](const std::shared_ptr<const AgentModel>& model) {
    return test::mean_return(short_satiation, AgentPolicy(model, SlateRule::best), 20).mean;
  };
  EXPECT_EQ(mean_of(agent.model), mean_of(std::make_shared<AgentModel>(trainer.model())));
}

TEST(AgentFile, CheckpointsGoOnToTheSameBits) {
  recsys::Database db = recsys::Database::in_memory();
  engine::ThreadPool pool(1);
  AgentSpec identity = identity_of({.updates = 5, .people = 2, .sessions_each = 2});
  AgentTrainer whole(pool, short_satiation, identity.config, identity.training);
  EXPECT_FALSE(restore_agent_checkpoint(db, identity, whole)) << "nothing there yet";
  AgentProgress progress{.curve = {}, .seconds = 3};
  for (int i = 0; i < 3; ++i) progress.curve.push_back(whole.update().mean_return);
  save_agent_checkpoint(db, identity, whole, progress);

  AgentTrainer later(pool, short_satiation, identity.config, identity.training);
  const auto restored = restore_agent_checkpoint(db, identity, later);
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->curve, progress.curve);
  EXPECT_EQ(restored->seconds, 3);
  EXPECT_GT(whole.users().moments().steps, 0U);
  while (!whole.finished()) EXPECT_EQ(whole.update().mean_return, later.update().mean_return);
  EXPECT_EQ(numbers_of(whole.model()), numbers_of(later.model()));

  AgentSpec other = identity_of({.seed = 2, .updates = 5, .people = 2, .sessions_each = 2});
  EXPECT_THROW(restore_agent_checkpoint(db, other, later), recsys::DataError);

  AgentSpec marked = identity;
  marked.forgotten_users = 2;
  EXPECT_TRUE(save_agent_checkpoint(db, marked, whole, progress));
  ASSERT_TRUE(restore_agent_checkpoint(db, identity, later));
  EXPECT_EQ(identity.forgotten_users, 2) << "a mark is inherited from a checkpoint";
  publish_agent(db, identity, whole, progress);
  EXPECT_FALSE(restore_agent_checkpoint(db, identity, later)) << "publishing ends the learning";
}

TEST(AgentFile, RefusesWhatDoesNotFit) {
  recsys::Database db = recsys::Database::in_memory();
  engine::ThreadPool pool(1);
  const AgentSpec identity = identity_of({.updates = 1, .people = 2, .sessions_each = 2});
  const AgentTrainer trainer(pool, short_satiation, identity.config, identity.training);
  publish_agent(db, identity, trainer, {});
  const std::vector<std::string> damages{
      R"(UPDATE models SET configuration = json_set(configuration, '$.model.width', 64))",
      R"(UPDATE models SET configuration = json_set(configuration, '$.model.width', 1e9))",
      R"(UPDATE models SET configuration = json_set(configuration, '$.model.heads', 5))",
      R"(UPDATE models SET configuration = json_remove(configuration, '$.model'))",
      "UPDATE models SET configuration = 'not json'",
  };
  for (const std::string& damage : damages) {
    db.execute("SAVEPOINT before_damage");
    db.execute(damage);
    EXPECT_THROW(load_agent(db, "satiation", {}), recsys::DamagedError) << damage;
    db.execute("ROLLBACK TO before_damage; RELEASE before_damage");
  }
  EXPECT_NO_THROW(load_agent(db, "satiation", {}));
}

TEST(AgentFile, RefusesCheckpointsWhosePartsDoNotFit) {
  recsys::Database db = recsys::Database::in_memory();
  engine::ThreadPool pool(1);
  AgentSpec identity = identity_of({.updates = 2, .people = 2, .sessions_each = 2});
  AgentTrainer trainer(pool, short_satiation, identity.config, identity.training);
  const AgentProgress progress{.curve = {trainer.update().mean_return}, .seconds = 1};
  save_agent_checkpoint(db, identity, trainer, progress);
  const auto swapped = [](const std::string& a, const std::string& b) {
    return "UPDATE model_tensors SET name = CASE name WHEN '" + a + "' THEN '" + b + "' ELSE '" + a +
           "' END WHERE name IN ('" + a + "', '" + b + "')";
  };
  const std::vector<std::string> damages{
      swapped("user.past.events", "user.past.shown"),
      swapped("user.past.events", "user.past.outcomes"),
      swapped("earnings.past.states", "earnings.past.items"),
      swapped("earnings.past.states", "earnings.past.seen"),
      "DELETE FROM model_tensors WHERE name LIKE 'earnings.averaged.%'",
      "DELETE FROM model_tensors WHERE name = 'user.past.shown'",
      "DELETE FROM model_tensors WHERE name = 'earnings.products'",
      "DELETE FROM model_tensors WHERE name = 'luck.products'",
      "DELETE FROM model_tensors WHERE name = 'earnings.log_products'",
      swapped("earnings.products", "luck.products"),
      "UPDATE models SET metrics = json_set(metrics, '$.course.earnings.share', 1)",
      "UPDATE models SET metrics = json_set(metrics, '$.course.earnings.largest', -1)",
      "UPDATE models SET metrics = json_set(metrics, '$.course.earnings.means', json('[1, 2]'))",
  };
  AgentTrainer later(pool, short_satiation, identity.config, identity.training);
  for (const std::string& damage : damages) {
    db.execute("SAVEPOINT before_damage");
    db.execute(damage);
    EXPECT_THROW(restore_agent_checkpoint(db, identity, later), recsys::DamagedError) << damage;
    db.execute("ROLLBACK TO before_damage; RELEASE before_damage");
  }
  for (const std::string since : {"remembered", "logarithms"}) {
    db.execute("SAVEPOINT before_other_version");
    db.execute("UPDATE models SET metrics = json_remove(metrics, '$.course.earnings." + since + "')");
    try {
      restore_agent_checkpoint(db, identity, later);
      ADD_FAILURE() << "it is of a version without " << since;
    } catch (const recsys::DataError& error) {
      EXPECT_NE(std::string(error.what()).find("leave out --resume to start over"), std::string::npos) << error.what();
    }
    db.execute("ROLLBACK TO before_other_version; RELEASE before_other_version");
  }
  EXPECT_TRUE(restore_agent_checkpoint(db, identity, later));
  EXPECT_EQ(later.update().mean_return, trainer.update().mean_return);
}

}  // namespace
}  // namespace infodiet::rl
