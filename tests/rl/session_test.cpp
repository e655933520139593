#include "rl/session.hpp"

#include <gtest/gtest.h>

#include "engine/errors.hpp"
#include "rl/environments/choc_kale.hpp"
#include "rl/environments/exploration.hpp"
#include "rl/environments/satiation.hpp"

namespace infodiet::rl {
namespace {

engine::RandomStream stream(std::uint32_t step) {
  return {7, engine::Purpose::environment, step, 0};
}

TEST(Session, ReplaysFromItsStreams) {
  const ChocKale environment({.sensitivity = 0.1, .candidates = 5, .resample = true, .steps = 12});
  Session<ChocKale> first(environment);
  Session<ChocKale> again(environment);
  first.reset(stream(0));
  again.reset(stream(99));
  again.reset(stream(0));
  for (std::uint32_t t = 1; t <= 12; ++t) {
    const std::vector<Position> slate{t % 5};
    const Transition a = first.step(slate, stream(t));
    const Transition b = again.step(slate, stream(t));
    EXPECT_EQ(a.outcome.reward, b.outcome.reward);
    EXPECT_EQ(a.outcome.expected_reward, b.outcome.expected_reward);
    EXPECT_EQ(a.done, t == 12);
  }
  EXPECT_EQ(first.state().exposure, again.state().exposure);
}

TEST(Session, CopiesGoTheirOwnWays) {
  const Satiation environment;
  Session<Satiation> session(environment);
  session.reset(stream(0));
  session.step(std::vector<Position>{0, 1, 2}, stream(1));
  Session<Satiation> copy = session;
  copy.step(std::vector<Position>{3, 4, 5}, stream(2));
  EXPECT_EQ(session.steps_taken(), 1U);
  EXPECT_EQ(copy.observation().slate_at(1)[2].item, 5U);
  EXPECT_EQ(session.observation().shown.size(), 3U);
}

TEST(Session, ShowsWhatWasShownChosenAndSpent) {
  const Exploration environment({.match = 0.999, .mismatch = 0.001});
  Session<Exploration> session(environment);
  const Observation before = session.reset(stream(0));
  EXPECT_EQ(before.step, 0U);
  EXPECT_EQ(before.steps, 20U);
  EXPECT_EQ(before.candidates.size(), 3U);
  EXPECT_TRUE(before.events.empty());
  const Position liked = session.state().kind_a ? Exploration::a : Exploration::b;
  const Transition after = session.step(std::vector<Position>{liked}, stream(1));
  ASSERT_EQ(after.observation.events.size(), 1U);
  ASSERT_NE(after.observation.chosen_at(0), nullptr);
  EXPECT_EQ(after.observation.chosen_at(0)->item, liked);
  EXPECT_EQ(after.observation.events[0].engagement, 1.0);
  const Position disliked = liked == Exploration::a ? Exploration::b : Exploration::a;
  EXPECT_EQ(session.step(std::vector<Position>{disliked}, stream(2)).observation.chosen_at(1), nullptr);
}

TEST(Session, RefusesSlatesThatDoNotFitAndStepsAfterTheEnd) {
  const Satiation environment({.steps = 1});
  Session<Satiation> session(environment);
  session.reset(stream(0));
  EXPECT_THROW(session.step(std::vector<Position>{0, 1}, stream(1)), ShapeError);
  EXPECT_THROW(session.step(std::vector<Position>{0, 1, 1}, stream(1)), ShapeError);
  EXPECT_THROW(session.step(std::vector<Position>{0, 1, 8}, stream(1)), ShapeError);
  EXPECT_EQ(session.steps_taken(), 0U);
  session.step(std::vector<Position>{0, 1, 2}, stream(1));
  EXPECT_THROW(session.step(std::vector<Position>{0, 1, 2}, stream(2)), ShapeError);
}

TEST(Sessions, StartGroupsFromTheSamePerson) {
  const ChocKale environment;
  Sessions<ChocKale> sessions(environment);
  sessions.reset({.seed = 3, .first = 4, .count = 4, .sessions_each = 2});
  EXPECT_EQ(sessions.state(0).exposure, sessions.state(1).exposure);
  EXPECT_NE(sessions.state(1).exposure, sessions.state(2).exposure);
  const std::vector<Position> slates{0, 0, 0, 0};
  std::vector<Outcome> outcomes(4);
  sessions.step({slates.data(), 4, 1}, outcomes);
  EXPECT_EQ(outcomes[0].expected_reward, outcomes[1].expected_reward);
  EXPECT_NE(outcomes[0].reward, outcomes[1].reward);
  EXPECT_THROW(sessions.step({slates.data(), 3, 1}, outcomes), ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
