#include "rl/policies/slateq/slateq.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "engine/errors.hpp"
#include "rl/choice.hpp"
#include "rl/environments/exploration.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/policies/simple.hpp"
#include "rl/policies/slateq/choice_model.hpp"
#include "rl/policies/slateq/linear_system.hpp"
#include "rl/policies/slateq/session_features.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

TEST(NormalEquations, FindTheLeastSquaresFit) {
  NormalEquations equations(2);
  for (const double x : {-1.0, 0.0, 1.0, 2.0}) equations.add(std::vector<double>{1, x}, 3 - 2 * x);
  NormalEquations more(2);
  more.add(std::vector<double>{1, 5}, -7, 2);
  equations.add(more);
  const std::vector<double> weights = equations.solve(1e-12);
  EXPECT_NEAR(weights[0], 3, 1e-9);
  EXPECT_NEAR(weights[1], -2, 1e-9);
  EXPECT_EQ(NormalEquations(3).solve(1), std::vector<double>(3, 0.0)) << "nothing seen, nothing claimed";
}

TEST(ChoiceModel, RecoversTheLogitThatMadeTheChoices) {
  constexpr std::uint64_t seed = 12;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  const std::vector<double> truth{1.0, -0.5};
  const double nothing = 0.3;
  engine::RandomStream stream(seed, engine::Purpose::test);
  std::vector<ObservedChoice> choices;
  for (int n = 0; n < 20000; ++n) {
    ObservedChoice choice{.items = {}, .session = {1}, .chosen = 0};
    std::vector<double> utilities;
    for (int i = 0; i < 3; ++i) {
      const double a = stream.normal();
      const double b = stream.normal();
      choice.items.insert(choice.items.end(), {a, b});
      utilities.push_back(truth[0] * a + truth[1] * b);
    }
    const Position drawn = LogitChoice(utilities, nothing).draw(stream);
    choice.chosen = drawn == Event::nothing ? ObservedChoice::nothing : drawn;
    choices.push_back(choice);
  }
  ChoiceModel model(2, 1);
  model.fit(choices);
  EXPECT_NEAR(std::log(model.weight_of_item(std::vector<double>{1, 0})), truth[0], 0.06);
  EXPECT_NEAR(std::log(model.weight_of_item(std::vector<double>{0, 1})), truth[1], 0.06);
  EXPECT_NEAR(std::log(model.weight_of_nothing(std::vector<double>{1})), nothing, 0.06);
  choices[0].session = {1, 2};
  EXPECT_THROW(model.fit(choices), ShapeError);
}

TEST(SessionFeatures, SumUpTheSession) {
  Observation observation;
  observation.topics = 2;
  observation.slate_size = 2;
  observation.step = 7;
  constexpr std::array<std::array<Topic, 1>, 2> topics{{{0}, {1}}};
  std::vector<Candidate> shown;
  std::vector<Event> events;
  for (std::size_t t = 0; t < 7; ++t) {
    shown.push_back({.quality = -1, .clickbait = 1, .topics = topics[0]});
    shown.push_back({.topics = topics[1]});
    events.push_back({.chosen = t == 0 || t == 6 ? 0 : Event::nothing});
  }
  observation.shown = shown;
  observation.events = events;
  const SessionSummary summary = summarise(observation);
  for (std::size_t p = 0; p < summary.traces.size(); ++p) {
    const double pace = SessionSummary::paces[p];
    const double taken = (1 - pace) * (1 + std::pow(pace, 6));
    const double all = 1 - std::pow(pace, 7);
    EXPECT_NEAR(summary.traces[p].taken[0], taken, 1e-12) << "now and six steps ago";
    EXPECT_NEAR(summary.traces[p].passed[0], all - taken, 1e-12);
    EXPECT_NEAR(summary.traces[p].passed[1], all, 1e-12);
    EXPECT_NEAR(summary.traces[p].poor, taken, 1e-12);
    EXPECT_NEAR(summary.traces[p].clickbait, taken / 2, 1e-12);
  }
  EXPECT_DOUBLE_EQ(summary.leaning[0], -3.0 / 4);
  EXPECT_DOUBLE_EQ(summary.leaning[1], -7.0 / 8);
  EXPECT_EQ(summary.interest, std::vector<double>(2, 0.0));
}

TEST(SlateQ, ComesNearTheOptimum) {
  engine::ThreadPool pool(2);
  const Satiation satiation;
  const Exploration exploration;
  const auto percent = [&](const Environment& environment, const Policy& policy) {
    return percent_of_optimum(test::mean_return(environment, policy, 4000), *environment.solve())->mean;
  };
  EXPECT_GT(percent(satiation, *learn_slateq(satiation, RandomPolicy(), pool, {.rounds = 3, .sessions = 2000})), 93);
  EXPECT_GT(percent(exploration, *learn_slateq(exploration, RandomPolicy(), pool, {.rounds = 3, .sessions = 2000})),
            93);
}

TEST(SlateQ, LearnsTheSameOnAnyNumberOfThreads) {
  const Satiation environment({.steps = 6});
  engine::ThreadPool one(1);
  engine::ThreadPool three(3);
  const SlateQOptions options{.rounds = 2, .sessions = 200};
  const SessionPlan plan{.seed = 2, .count = 300};
  EXPECT_EQ(simulate(environment, *learn_slateq(environment, RandomPolicy(), one, options), plan, one),
            simulate(environment, *learn_slateq(environment, RandomPolicy(), three, options), plan, three));
}

}  // namespace
}  // namespace infodiet::rl
