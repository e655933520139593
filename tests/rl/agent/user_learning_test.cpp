#include "rl/agent/user_learning.hpp"

#include <gtest/gtest.h>

#include "engine/errors.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::rl {
namespace {

constexpr Shape short_sessions{.steps = 2, .candidates = 3, .slate_size = 1, .topics = 2};

/// Five sessions in which everything shown is taken.
struct TakenLesson {
  engine::Matrix<float> events;
  engine::Matrix<float> shown;
  engine::Matrix<float> outcomes;

  explicit TakenLesson(const AgentFeatures& features)
      : events(test::random_matrix<float>(10, features.event_size(), 1)),
        shown(test::random_matrix<float>(10, features.offer_size(), 2)) {
    outcomes.resize({10, 2});
    std::fill(outcomes.begin(), outcomes.end(), 1.0F);
  }
};

std::vector<float> all_parameters(const AgentModel& model) {
  return {model.parameters().flat().begin(), model.parameters().flat().end()};
}

TEST(UserLearning, ChangesTheUserModelAlone) {
  AgentModel model({.topics = 2, .width = 4}, 1);
  const std::vector<float> before = all_parameters(model);
  UserLearning users(model, short_sessions, 3);
  TakenLesson lesson(model.features());
  users.learn({lesson.events, lesson.shown, lesson.outcomes}, {.rate = 0.01}, model);
  const std::vector<float> after = all_parameters(model);
  const auto network_end = static_cast<std::ptrdiff_t>(model.network_size());
  EXPECT_TRUE(std::equal(before.begin(), before.begin() + network_end, after.begin()));
  EXPECT_FALSE(std::equal(before.begin() + network_end, before.end(), after.begin() + network_end));
}

TEST(UserLearning, RemembersTheLatestLessons) {
  AgentModel model({.topics = 2, .width = 4}, 1);
  UserLearning users(model, short_sessions, 3);
  TakenLesson lesson(model.features());
  for (std::uint32_t update = 0; update < 5; ++update) {
    lesson.events(0, 0) = static_cast<float>(update);
    users.learn({lesson.events, lesson.shown, lesson.outcomes}, {.rate = 0.01, .update = update}, model);
  }
  const std::vector<float>& events = users.past().events;
  ASSERT_EQ(events.size(), 3 * lesson.events.size());
  for (std::size_t slot = 0; slot < 3; ++slot) {
    EXPECT_EQ(events[slot * lesson.events.size()], slot < 2 ? 3 + slot : slot);
  }
}

TEST(UserLearning, TeachesNothingToAgentsWithoutAUserModel) {
  AgentModel model({.topics = 2, .width = 4, .memory = UserMemory::no}, 1);
  const std::vector<float> before = all_parameters(model);
  UserLearning users(model, short_sessions, 3);
  TakenLesson lesson(model.features());
  users.learn({lesson.events, lesson.shown, lesson.outcomes}, {.rate = 0.01}, model);
  EXPECT_EQ(all_parameters(model), before);
  EXPECT_TRUE(users.past().outcomes.empty());
}

TEST(UserLearning, RefusesBuffersOfOtherSessions) {
  AgentModel model({.topics = 2, .width = 4}, 1);
  UserLearning users(model, short_sessions, 3);
  TakenLesson lesson(model.features());
  users.learn({lesson.events, lesson.shown, lesson.outcomes}, {.rate = 0.01}, model);
  EXPECT_TRUE(users.fits(users.past()));
  for (const auto part : {&UserLearning::Past::events, &UserLearning::Past::shown, &UserLearning::Past::outcomes}) {
    UserLearning::Past past = users.past();
    (past.*part).pop_back();
    EXPECT_FALSE(users.fits(past));
    EXPECT_THROW(users.restore({users.moments(), past}), ShapeError);
  }
}

}  // namespace
}  // namespace infodiet::rl
