#include "rl/session.hpp"

#include <gtest/gtest.h>

#include "engine/errors.hpp"
#include "rl/environments/choc_kale.hpp"
#include "rl/environments/exploration.hpp"
#include "rl/environments/satiation.hpp"
#include "tests/rl/one_session.hpp"

namespace infodiet::rl {
namespace {

engine::RandomStream stream(std::uint32_t step) {
  return {7, engine::Purpose::environment, step, 0};
}

TEST(Session, ReplaysFromItsStreams) {
  const ChocKale environment({.sensitivity = 0.1, .candidates = 5, .resample = true, .steps = 12});
  Session<ChocKale> first(environment);
  Session<ChocKale> again(environment);
  test::begin(first, stream(0));
  test::begin(again, stream(99));
  test::begin(again, stream(0));
  for (std::uint32_t t = 1; t <= 12; ++t) {
    const Outcome a = test::show(first, {t % 5}, stream(t));
    const Outcome b = test::show(again, {t % 5}, stream(t));
    EXPECT_EQ(a.reward, b.reward);
    EXPECT_EQ(a.expected_reward, b.expected_reward);
    EXPECT_EQ(first.done(), t == 12);
  }
  EXPECT_EQ(first.state().exposure, again.state().exposure);
}

TEST(Session, CopiesGoTheirOwnWays) {
  const Satiation environment;
  Session<Satiation> session(environment);
  test::begin(session, stream(0));
  test::show(session, {0, 1, 2}, stream(1));
  Session<Satiation> copy = session;
  test::show(copy, {3, 4, 5}, stream(2));
  EXPECT_EQ(session.steps_taken(), 1U);
  EXPECT_EQ(test::observed(copy).slate_at(1)[2].item, 5U);
  EXPECT_EQ(test::observed(session).shown.size(), 3U);
}

TEST(Session, ShowsWhatWasShownChosenAndSpent) {
  const Exploration environment({.match = 0.999, .mismatch = 0.001});
  Session<Exploration> session(environment);
  test::begin(session, stream(0));
  const Observation before = test::observed(session);
  EXPECT_EQ(before.step, 0U);
  EXPECT_EQ(before.steps, 20U);
  EXPECT_EQ(before.candidates.size(), 3U);
  EXPECT_TRUE(before.events.empty());
  const Position liked = session.state().kind_a ? Exploration::a : Exploration::b;
  test::show(session, {liked}, stream(1));
  const Observation after = test::observed(session);
  ASSERT_EQ(after.events.size(), 1U);
  ASSERT_NE(after.chosen_at(0), nullptr);
  EXPECT_EQ(after.chosen_at(0)->item, liked);
  EXPECT_EQ(after.events[0].engagement, 1.0);
  const Position disliked = liked == Exploration::a ? Exploration::b : Exploration::a;
  test::show(session, {disliked}, stream(2));
  EXPECT_EQ(test::observed(session).chosen_at(1), nullptr);
}

TEST(Session, RefusesSlatesThatDoNotFitAndStepsAfterTheEnd) {
  const Satiation environment({.steps = 1});
  Session<Satiation> session(environment);
  test::begin(session, stream(0));
  EXPECT_THROW(test::show(session, {0, 1}, stream(1)), ShapeError);
  EXPECT_THROW(test::show(session, {0, 1, 1}, stream(1)), ShapeError);
  EXPECT_THROW(test::show(session, {0, 1, 8}, stream(1)), ShapeError);
  EXPECT_EQ(session.steps_taken(), 0U);
  test::show(session, {0, 1, 2}, stream(1));
  EXPECT_THROW(test::show(session, {0, 1, 2}, stream(2)), ShapeError);
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
