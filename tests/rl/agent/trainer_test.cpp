#include "rl/agent/trainer.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "rl/environments/exploration.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/session.hpp"
#include "tests/rl/agent/trainer_state.hpp"
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
  AgentTrainer trainer(pool, environment, {.topics = environment.shape().topics},
                       {.seed = seed, .updates = 60, .people = 16});
  while (!trainer.finished()) trainer.update();
  const auto model = std::make_shared<const AgentModel>(trainer.model());
  const auto percent = [&](SlateRule rule) {
    return percent_of_optimum(test::mean_return(environment, AgentPolicy(model, rule), 4000), *environment.solve())
        ->mean;
  };
  EXPECT_GT(percent(SlateRule::best), 90);
  EXPECT_GT(percent(SlateRule::draw), 85);
}

TEST(AgentTrainer, SameBitsOnAnyNumberOfThreads) {
  const Satiation environment({.slate = 1, .steps = 5});
  const AgentConfig config{.topics = environment.shape().topics};
  const AgentTraining training{.seed = 2, .updates = 3, .people = 5, .sessions_each = 3};
  engine::ThreadPool one(1);
  engine::ThreadPool three(3);
  AgentTrainer a(one, environment, config, training);
  AgentTrainer b(three, environment, config, training);
  while (!a.finished()) EXPECT_EQ(a.update().mean_return, b.update().mean_return);
  EXPECT_EQ(numbers_of(a), numbers_of(b));
}

TEST(AgentTrainer, GoesOnFromAStateAsIfNeverInterrupted) {
  const Satiation environment({.slate = 1, .steps = 4});
  const AgentConfig config{.topics = environment.shape().topics};
  const AgentTraining training{.updates = 4, .people = 2, .sessions_each = 2};
  engine::ThreadPool pool(1);
  AgentTrainer whole(pool, environment, config, training);
  whole.update();
  whole.update();
  AgentTrainer later(pool, environment, config, training);
  later.restore(test::state_of(whole));
  while (!whole.finished()) EXPECT_EQ(whole.update().mean_return, later.update().mean_return);
  EXPECT_TRUE(later.finished());
  EXPECT_EQ(numbers_of(whole), numbers_of(later));
}

TEST(AgentTrainer, TheAgentDecidesByWhatItRemembers) {
  const Satiation environment({.slate = 1, .steps = 5});
  engine::ThreadPool pool(1);
  AgentTrainer trainer(pool, environment, {.topics = environment.shape().topics},
                       {.updates = 2, .people = 2, .sessions_each = 2});
  trainer.update();
  const AgentModel& model = trainer.model();
  ASSERT_NE(model.user(), nullptr);
  AgentModel forgetful = model;
  // What the network sees of the memory comes from the user model's parameters alone.
  for (float& number : forgetful.parameters().flat().subspan(model.network_size())) number = 0;
  const auto sessions = environment.open_sessions();
  sessions->reset({.count = 1});
  std::vector<Outcome> outcomes(1);
  const Position first = 0;
  for (std::size_t t = 0; t < 3; ++t) sessions->step({&first, 1, 1}, outcomes);
  Observation observation;
  sessions->observe(0, observation);
  AgentModel::Scratch scratch;
  std::vector<double> with(environment.shape().candidates);
  std::vector<double> without(with.size());
  model.score(observation, scratch, with);
  forgetful.score(observation, scratch, without);
  EXPECT_NE(with, without);
}

/// Every person has a reward of their own, whatever is shown.
class Fates {
 public:
  struct State {
    double fate = 0;
  };
  Shape shape() const { return {.steps = 3, .candidates = 2, .slate_size = 1, .topics = 1}; }
  State reset(engine::RandomStream& stream) const { return {stream.uniform() < 0.5 ? 0.0 : 1.0}; }
  Outcome step(State& state, std::span<const Position>, engine::RandomStream&) const {
    return {.reward = state.fate, .expected_reward = state.fate, .event = {.chosen = 0, .engagement = 1}};
  }
  Candidate candidate(const State&, Position position) const { return {.item = position}; }
};

class FatesEnvironment final : public Environment {
 public:
  std::string name() const override { return "fates"; }
  std::string_view assumptions() const override { return "none"; }
  Shape shape() const override { return fates_.shape(); }
  std::unique_ptr<SessionBatch> open_sessions() const override { return std::make_unique<Sessions<Fates>>(fates_); }

 private:
  Fates fates_;
};

TEST(AgentTrainer, MeasuresSessionsAgainstOthersOfTheSamePersonOnly) {
  const FatesEnvironment environment;
  engine::ThreadPool pool(1);
  for (const std::size_t each : {2, 3, 5}) {
    AgentTrainer trainer(
        pool, environment, {.topics = 1},
        {.updates = 3, .people = 4, .sessions_each = each, .discount = 1, .reward = RewardKind::expected});
    while (!trainer.finished()) trainer.update();
    EXPECT_LT(trainer.course().advantage_size, 1e-5) << each << " sessions each: no slate is better than another";
  }
}

TEST(AgentTrainer, RefusesWhatMakesNoSense) {
  const Satiation environment;
  engine::ThreadPool pool(1);
  EXPECT_THROW(AgentTrainer(pool, environment, {.topics = 4}, {.sessions_each = 1}), recsys::SettingError);
  EXPECT_THROW(AgentTrainer(pool, environment, {.topics = 4}, {.discount = 1.5}), recsys::SettingError);
  EXPECT_THROW(AgentTrainer(pool, environment, {.topics = 4}, {.updates = 0}), recsys::SettingError);
  const auto foreign = std::make_shared<const AgentModel>(AgentConfig{.topics = 3}, 1);
  EXPECT_THROW(test::mean_return(environment, AgentPolicy(foreign, SlateRule::best), 10), ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
