#include "rl/judgement/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "recsys/errors.hpp"
#include "rl/environments/drift.hpp"
#include "rl/environments/drift_optimum.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/policies/exploring.hpp"
#include "rl/policies/simple.hpp"
#include "tests/rl/judgement/log_of.hpp"

namespace infodiet::rl {
namespace {

using testing::HasSubstr;

const JudgedLine& line(const Judgement& judgement, std::string_view name) {
  const auto found = std::find_if(judgement.lines.begin(), judgement.lines.end(),
                                  [&](const JudgedLine& one) { return one.name == name; });
  if (found == judgement.lines.end()) throw std::runtime_error("no such line");
  return *found;
}

Judgement judged(const Environment& environment, const Policy& logger, const Policy& target, std::size_t sessions) {
  const SessionPlan plan{.seed = 5, .count = sessions};
  const LoggedSessions log = test::log_of(environment, logger, plan);
  return judge(follow(log, environment, {.seed = 5}, target), {.resamples = 200});
}

TEST(Judge, GivesTheMeanOfTheLogForItsOwnPolicy) {
  const Drift environment({.steps = 6});
  const ExploringPolicy logger(std::make_shared<GreedyPolicy>(), 0.2);
  const Judgement judgement = judged(environment, logger, logger, 80);
  EXPECT_FALSE(judgement.refusal);
  for (const char* name : {"ips", "snips", "pdis", "wpdis"}) {
    EXPECT_NEAR(line(judgement, name).value.value, judgement.logged.value, 1e-12) << name;
    EXPECT_NEAR(line(judgement, name).gain.value, 0, 1e-12);
    EXPECT_NEAR(line(judgement, name).gain.high, 0, 1e-12);
  }
  for (const WeightFigures& figures : judgement.weights) EXPECT_NEAR(figures.effective, 80, 1e-9);
  EXPECT_NEAR(judgement.off_support, 0, 1e-12);
}

TEST(Judge, SumsOverTheOrdersOfASlate) {
  // The target shows the logger's slates in reverse order, and no person heeds the order.
  class Reversed final : public ObservingPolicy {
   public:
    std::string name() const override { return "reversed"; }
    void choose_one(const Observation& observation, engine::RandomStream& stream,
                    std::span<Position> slate) const override {
      GreedyPolicy().choose_one(observation, stream, slate);
      std::reverse(slate.begin(), slate.end());
    }
  };
  const Drift environment({.steps = 4});
  const ExploringPolicy logger(std::make_shared<GreedyPolicy>(), 0.1);
  const Judgement same = judged(environment, logger, GreedyPolicy(), 100);
  const Judgement reversed = judged(environment, logger, Reversed(), 100);
  EXPECT_EQ(line(same, "pdis").value.value, line(reversed, "pdis").value.value);
}

TEST(Judge, SaysWhatItTakesWhereTooLittleIsLeft) {
  const Drift environment({.steps = 4});
  const Judgement judgement = judged(environment, RandomPolicy(), GreedyPolicy(), 400);
  ASSERT_TRUE(judgement.refusal);
  EXPECT_THAT(*judgement.refusal, HasSubstr("are effective at step 4, and an estimate needs 50"));
  EXPECT_THAT(*judgement.refusal, HasSubstr("sessions of at most 1 step,"));
  ASSERT_EQ(judgement.lines.size(), 1);
  EXPECT_EQ(judgement.lines[0].name, "model");
  EXPECT_EQ(deciding(judgement), nullptr);
}

TEST(Judge, SaysThatTheLoggerGivesNoChance) {
  const Drift environment({.steps = 1});
  // Greedy without exploring shows one slate for certain: all of it agrees, or none of it does.
  class Other final : public ObservingPolicy {
   public:
    std::string name() const override { return "other"; }
    void choose_one(const Observation&, engine::RandomStream&, std::span<Position> slate) const override {
      slate[0] = 2;
      slate[1] = 3;
    }
  };
  const Judgement none = judged(environment, GreedyPolicy(), Other(), 200);
  EXPECT_THAT(none.refusal.value_or(""), HasSubstr("no session shows at every step what the target would show"));
  EXPECT_DOUBLE_EQ(none.off_support, 1);
  // The log supports half of the target.
  const Judgement half =
      judged(environment, GreedyPolicy(), ExploringPolicy(std::make_shared<GreedyPolicy>(), 0.6), 200);
  EXPECT_THAT(half.refusal.value_or(""), HasSubstr("has probability 0 in this log"));
  EXPECT_NEAR(half.off_support, 0.5, 1e-12);
}

TEST(Judge, RefusesWeightsThatNoNumberHolds) {
  const Drift environment({.steps = 40});
  const ExploringPolicy logger(std::make_shared<GreedyPolicy>(), 0.2);
  for (const double probability : {1e-300, 1e-12, 1e-5}) {
    LoggedSessions log = test::log_of(environment, logger, {.seed = 5, .count = 80});
    for (LoggedSession& session : log.sessions) {
      for (recsys::OwnedSlate& slate : session.slates) slate.slate.probability = probability;
    }
    const Judgement judgement = judge(follow(log, environment, {.seed = 5}, RandomPolicy()), {.resamples = 20});
    EXPECT_THAT(judgement.refusal.value_or(""), HasSubstr("its probabilities are too low")) << probability;
    EXPECT_EQ(judgement.lines.size(), 1U) << "the model's estimate alone";
  }
}

TEST(Judge, WithoutProbabilitiesGivesTheModelsEstimateAlone) {
  const Drift environment({.steps = 3});
  LoggedSessions log = test::log_of(environment, RandomPolicy(), {.seed = 5, .count = 300});
  for (LoggedSession& session : log.sessions) {
    for (recsys::OwnedSlate& slate : session.slates) slate.slate.probability.reset();
  }
  const Judgement judgement = judge(follow(log, environment, {.seed = 5}, GreedyPolicy()), {.resamples = 100});
  EXPECT_THAT(judgement.refusal.value_or(""), HasSubstr("lacks the probabilities"));
  EXPECT_TRUE(judgement.weights.empty());
  ASSERT_EQ(judgement.lines.size(), 1);
  EXPECT_EQ(judgement.lines[0].name, "model");
}

TEST(Judge, ASingleSlateHasThreeForms) {
  const Satiation environment({.steps = 1});
  const Judgement judgement =
      judged(environment, RandomPolicy(), ExploringPolicy(std::make_shared<GreedyPolicy>(), 0.5), 3000);
  EXPECT_FALSE(judgement.refusal) << *judgement.refusal;
  ASSERT_EQ(judgement.forms.size(), 3);
  // Which items are shown beside one changes what is clicked, so only the first form is unbiased here.
  EXPECT_NEAR(judgement.forms[0].value.value, line(judgement, "ips").value.value, 0.1);
  for (const JudgedLine& form : judgement.forms) EXPECT_GT(form.value.value, 0);
}

TEST(Judge, RefusesALogThatDoesNotComeOutAgain) {
  const Drift environment({.steps = 5});
  const LoggedSessions log = test::log_of(environment, RandomPolicy(), {.seed = 5, .count = 30});
  EXPECT_THROW(follow(log, environment, {.seed = 6}, GreedyPolicy()), recsys::DataError);
  EXPECT_THROW(follow(log, Drift({.steps = 4}), {.seed = 5}, GreedyPolicy()), recsys::DataError);
}

}  // namespace
}  // namespace infodiet::rl
