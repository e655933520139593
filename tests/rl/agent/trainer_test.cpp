#include "rl/agent/trainer.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "engine/errors.hpp"
#include "rl/environments/exploration.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/errors.hpp"
#include "tests/rl/catalogue_world.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

std::vector<float> numbers_of(const AgentTrainer& trainer) {
  const std::span<const float> flat = trainer.model().parameters().flat();
  return {flat.begin(), flat.end()};
}

TEST(AgentTrainer, LearnsToExplore) {
  constexpr std::uint64_t seed = 5;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  const Exploration environment;
  engine::ThreadPool pool(2);
  AgentTrainer trainer(pool, environment, {.topics = environment.shape().topics}, {.seed = seed, .updates = 200});
  while (!trainer.finished()) trainer.update();
  const auto model = std::make_shared<const AgentModel>(trainer.model());
  const auto percent = [&](SlateRule rule) {
    return percent_of_optimum(test::mean_return(environment, AgentPolicy(model, rule), 4000), *environment.solve())
        .mean;
  };
  EXPECT_GT(percent(SlateRule::best), 90);
  EXPECT_GT(percent(SlateRule::draw), 85);
}

TEST(AgentTrainer, SameBitsOnAnyNumberOfThreads) {
  const Satiation environment({.steps = 5});
  const AgentConfig config{.topics = environment.shape().topics};
  const AgentTraining training{.seed = 2, .updates = 3, .people = 5, .sessions_each = 3, .divergence = 0.1};
  engine::ThreadPool one(1);
  engine::ThreadPool three(3);
  AgentTrainer a(one, environment, config, training);
  AgentTrainer b(three, environment, config, training);
  while (!a.finished()) EXPECT_EQ(a.update().mean_return, b.update().mean_return);
  EXPECT_EQ(numbers_of(a), numbers_of(b));
}

TEST(AgentTrainer, GoesOnFromAStateAsIfNeverInterrupted) {
  const Satiation environment({.steps = 4});
  const AgentConfig config{.topics = environment.shape().topics};
  const AgentTraining training{.updates = 4, .people = 2, .sessions_each = 2};
  engine::ThreadPool pool(1);
  AgentTrainer whole(pool, environment, config, training);
  whole.update();
  whole.update();
  AgentTrainer later(pool, environment, config, training);
  later.restore({.parameters = whole.model().parameters(), .moments = whole.moments()});
  while (!whole.finished()) EXPECT_EQ(whole.update().mean_return, later.update().mean_return);
  EXPECT_TRUE(later.finished());
  EXPECT_EQ(numbers_of(whole), numbers_of(later));
}

TEST(AgentTrainer, DivergenceHoldsItToTheFeed) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment environment =
      test::world_environment(catalogue, {.engagement = 1}, {.candidates = 10, .slate = 2, .steps = 4});
  engine::ThreadPool pool(2);
  const auto greedy_share = [&](double divergence) {
    AgentTrainer trainer(pool, environment, {.topics = 4, .scores = ScoreInput::told},
                         {.updates = 60, .people = 8, .sessions_each = 2, .entropy = 0.01, .divergence = divergence});
    while (!trainer.finished()) trainer.update();
    const auto sessions = environment.open_sessions();
    sessions->reset({.count = 50});
    Observation observation;
    AgentModel::Scratch scratch;
    std::vector<double> scores(10);
    double same = 0;
    for (std::size_t i = 0; i < 50; ++i) {
      sessions->observe(i, observation);
      trainer.model().score(observation, scratch, scores);
      std::vector<Position> slate(1);
      highest(scores, slate);
      same += slate[0] == 0;  // candidates come best first
    }
    return same / 50;
  };
  EXPECT_GT(greedy_share(100), 0.9);
  EXPECT_LT(greedy_share(0), 0.6);
}

TEST(AgentTrainer, RefusesWhatMakesNoSense) {
  const Satiation environment;
  engine::ThreadPool pool(1);
  EXPECT_THROW(AgentTrainer(pool, environment, {.topics = 4}, {.sessions_each = 1}), SettingError);
  EXPECT_THROW(AgentTrainer(pool, environment, {.topics = 4}, {.discount = 1.5}), SettingError);
  const auto foreign = std::make_shared<const AgentModel>(AgentConfig{.topics = 3}, 1);
  EXPECT_THROW(test::mean_return(environment, AgentPolicy(foreign, SlateRule::best), 10), ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
