#include "rl/agent/features.hpp"
#include "tests/rl/topics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace infodiet::rl {
namespace {

constexpr std::size_t item_size = 11;  // 9 attributes and 2 topics

/// A session after one step, in which the second of two items was chosen.
struct StepExample {
  std::vector<Candidate> shown{{.topics = test::topics_0_and_1},
                               {.quality = -0.5, .clickbait = 1, .minutes = std::exp(3) - 1}};
  std::vector<Event> events{{.chosen = 1, .engagement = std::exp(1.5) - 1}};
  std::vector<double> interest{0.8, 0.2};
  Observation observation;

  StepExample() {
    observation.step = 1;
    observation.steps = 4;
    observation.slate_size = 2;
    observation.topics = 2;
    observation.candidates = {{.score = 3, .popularity = 1.0 / 32, .topics = test::topic_1}, {.score = 1}};
    observation.events = events;
    observation.shown = shown;
    observation.interest = interest;
    observation.attention = 7;
  }
};

TEST(AgentFeatures, OfAnEvent) {
  const StepExample example;
  const AgentFeatures features(2, ScoreInput::hidden, SessionSums::no);
  std::vector<float> row(features.event_size());
  ASSERT_EQ(row.size(), 2 * item_size + 7);
  features.of_event(example.observation, 1, row);
  const std::vector<float> shown{1, -0.25F, 0.5F, 0.5F, 0.5F, 0.5F, 0.5F, 0, 0, 0.25F, 0.25F};
  const std::vector<float> chosen{1, -0.5F, 1, 1, 1, 1, 1, 0, 0, 0, 0};
  const std::vector<float> rest{0, 1, 0.5F, 0, 0, 0, 0};
  for (std::size_t k = 0; k < item_size; ++k) {
    EXPECT_FLOAT_EQ(row[k], shown[k]) << k;
    EXPECT_FLOAT_EQ(row[item_size + k], chosen[k]) << k;
  }
  for (std::size_t k = 0; k < rest.size(); ++k) EXPECT_FLOAT_EQ(row[2 * item_size + k], rest[k]) << k;

  features.of_event(example.observation, 0, row);
  EXPECT_EQ(row[2 * item_size], 1) << "the start";
  EXPECT_FLOAT_EQ(row[2 * item_size + 3], std::log(8.0F) / 3);
  EXPECT_FLOAT_EQ(row[2 * item_size + 5], 0.8F);
  EXPECT_EQ(row[0], 0) << "nothing shown yet";
}

TEST(AgentFeatures, OfCandidates) {
  const StepExample example;
  const AgentFeatures features(2, ScoreInput::told, SessionSums::no);
  const std::size_t size = features.candidate_size();
  std::vector<float> rows(2 * size);
  features.of_candidates(example.observation, {}, rows);
  EXPECT_FLOAT_EQ(rows[7], 0.5F) << "-log2 of popularity over ten";
  EXPECT_EQ(rows[10], 1) << "its topic";
  EXPECT_FLOAT_EQ(rows[item_size], 1) << "standardised score";
  EXPECT_FLOAT_EQ(rows[size + item_size], -1);
  EXPECT_FLOAT_EQ(rows[item_size + 1], 0.25F) << "interest relative to the favourite's";
  EXPECT_FLOAT_EQ(rows[item_size + 2], static_cast<float>((std::exp(1.5) - 1) / 7)) << "attention spent";
  EXPECT_FLOAT_EQ(rows[item_size + 3], 0.25F) << "share of the session that is over";
  EXPECT_FLOAT_EQ(rows[item_size + 4], std::exp(-1.0F));
  EXPECT_FLOAT_EQ(rows[item_size + 5], std::exp(-2.0F)) << "two steps are left after this";

  std::vector<float> hidden(2 * size);
  AgentFeatures(2, ScoreInput::hidden, SessionSums::no).of_candidates(example.observation, {}, hidden);
  EXPECT_EQ(hidden[item_size], 0);
  rows[item_size] = rows[size + item_size] = 0;
  EXPECT_EQ(hidden, rows) << "nothing else differs";
}

/// Three steps with one item each: the second topic consumed, the first ignored, the second consumed.
struct Longer {
  std::vector<Topic> topics{0, 1};
  std::vector<Candidate> shown;
  std::vector<double> interest{0.75, 0.25};
  std::vector<Event> events{{.chosen = 0, .engagement = 1}, {}, {.chosen = 0, .engagement = std::exp(3) - 1}};
  Observation observation;

  Longer() {
    const std::span<const Topic> all(topics);
    shown = {{.quality = 1, .topics = all.last(1)},
             {.quality = 1, .topics = all.first(1)},
             {.quality = -0.5, .clickbait = 1, .topics = all.last(1)}};
    observation.step = 3;
    observation.steps = 4;
    observation.slate_size = 1;
    observation.topics = 2;
    observation.candidates = {shown[0], shown[1]};
    observation.interest = interest;
    observation.attention = std::exp(3) - 1;
    observation.events = events;
    observation.shown = shown;
  }
};

/// The inputs that such a session gives.
class FeaturesOfASession : public testing::Test {
 protected:
  FeaturesOfASession() {
    features.of_state(example.observation, state);
    features.of_candidates(example.observation, state, rows);
  }

  const Longer example;
  const AgentFeatures features{2, ScoreInput::hidden, SessionSums::yes};
  const std::size_t size = features.candidate_size();
  std::vector<float> state = std::vector<float>(features.state_size());
  std::vector<float> rows = std::vector<float>(2 * size);  ///< of the candidates
};

TEST_F(FeaturesOfASession, State) {
  constexpr std::size_t sums = 2 * 2 + 5;
  constexpr std::size_t last_steps = 4 * sums + 3 * 2 + 7 + 2 + 2;
  constexpr std::size_t last_items = last_steps + 5 * (2 + 4);
  ASSERT_EQ(features.state_size(), last_items + 8 * 2);
  // A step keeps half of a sum; the unit is the root of the other half.
  const float unit = std::sqrt(0.5F);
  EXPECT_FLOAT_EQ(state[0], 0) << "the first topic was never taken";
  EXPECT_FLOAT_EQ(state[1], unit * 1.25F);
  EXPECT_FLOAT_EQ(state[2], unit * 0.5F) << "passed over";
  EXPECT_FLOAT_EQ(state[4], unit * 0.5F) << "nothing";
  EXPECT_FLOAT_EQ(state[5], unit * 1.25F) << "something";
  EXPECT_FLOAT_EQ(state[6], unit * -0.25F) << "quality";
  EXPECT_FLOAT_EQ(state[7], unit) << "clickbait, where it is known";
  EXPECT_FLOAT_EQ(state[8], unit * (1 + std::log(2.0F) / 12)) << "engagement";
  EXPECT_FLOAT_EQ(state[3 * sums + 1], 0.5F) << "what lasts: two in units of four";
  EXPECT_FLOAT_EQ(state[4 * sums + 3], std::sqrt(0.2F) * 1.8F) << "by items taken: the step without one does not count";
  EXPECT_FLOAT_EQ(state[4 * sums + 6], 0.75F) << "share of the session that is over";
  EXPECT_FLOAT_EQ(state[4 * sums + 13], 0.75F) << "interest";
  EXPECT_FLOAT_EQ(state[4 * sums + 15], 1) << "attention";
  EXPECT_FLOAT_EQ(state[4 * sums + 16], 1) << "which is known";
  const std::vector<float> steps_before{0, 1, 0, -0.5F, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, std::log(2.0F) / 3};
  for (std::size_t k = 0; k < steps_before.size(); ++k) EXPECT_FLOAT_EQ(state[last_steps + k], steps_before[k]) << k;
  const std::vector<float> taken{0, 1, 0, 1, 0, 0};
  for (std::size_t k = 0; k < taken.size(); ++k) EXPECT_EQ(state[last_items + k], taken[k]) << k;
}

TEST_F(FeaturesOfASession, CandidatesMeetIt) {
  const float* of_second = rows.data() + item_size + 10;
  EXPECT_FLOAT_EQ(of_second[0], state[1]) << "taken of its topic";
  EXPECT_FLOAT_EQ(of_second[1], 0) << "passed over";
  EXPECT_FLOAT_EQ(of_second[6], 0.5F);
  EXPECT_FLOAT_EQ(of_second[9], state[4 * 9 + 3]);
  EXPECT_EQ(of_second[11], 1) << "taken in the latest step";
  EXPECT_EQ(of_second[12], 0) << "in the one before nothing was";
  EXPECT_EQ(of_second[17], 1) << "it is the item before the latest that was taken, too";
  const float* of_first = of_second + size;
  EXPECT_FLOAT_EQ(of_first[0], 0);
  EXPECT_FLOAT_EQ(of_first[1], state[2]);
}

TEST_F(FeaturesOfASession, Luck) {
  const std::vector<float> choices{0.7F, -0.4F};
  std::vector<float> terms(features.luck_size());
  features.of_luck(state, {rows.data(), 2, size}, {.choices = choices, .engagement = 0.25F, .reward = -3}, terms);
  constexpr std::size_t step = 4 * 9 + 3 * 2;
  const std::vector<float> times{1, state[step], state[step + 4], state[step + 6]};
  const auto expect_kind = [&](std::size_t kind, float value) {
    for (std::size_t k = 0; k < times.size(); ++k) EXPECT_FLOAT_EQ(terms[1 + 4 * kind + k], value * times[k]) << kind;
  };
  const std::vector<float> by_topic{0.7F * rows[9] - 0.4F * rows[size + 9], 0.7F * rows[10] - 0.4F * rows[size + 10]};
  EXPECT_EQ(terms[0], 1);
  expect_kind(0, 0.3F);
  expect_kind(2, 0.7F * rows[3] - 0.4F * rows[size + 3]);  // clickbait
  expect_kind(5, by_topic[0]);
  expect_kind(6, by_topic[1]);
  expect_kind(7, by_topic[0] * state[0] + by_topic[1] * state[1]);
  expect_kind(11, by_topic[0] * state[36] + by_topic[1] * state[37]);
  expect_kind(14, 0.25F);
  expect_kind(15, -3);
  EXPECT_EQ(terms.size(), 1 + 4 * 16);
}

TEST_F(FeaturesOfASession, Terms) {
  const std::span<const float> item = std::span<const float>(rows).first(size);
  std::vector<float> terms(features.term_size());
  features.of_terms(state, item, terms);
  EXPECT_EQ(terms[0], 1);
  for (std::size_t k = 0; k < 5; ++k) EXPECT_EQ(terms[1 + k], state[4 + k]) << "a total, whatever the topic";
  EXPECT_EQ(terms[16], state[3 * 9 + 4]) << "the first that lasts";
  const std::size_t offer = item_size + 3;
  EXPECT_EQ(terms[21 + 3], item[3]) << "clickbait";
  EXPECT_EQ(terms[21 + offer], item[offer + 7]) << "what meets the session, after the step";
  const std::size_t products = 21 + size - 7;
  EXPECT_EQ(terms[products], item[1] * item[1]) << "quality by quality";
  EXPECT_EQ(terms[products + 1], item[1] * state[4]) << "and by how often nothing was taken";
  EXPECT_EQ(terms[products + 21], item[3] * item[1]) << "clickbait by quality";
  EXPECT_EQ(terms[products + 23 + 4], item[3] * state[8]) << "and by engagement";
  EXPECT_EQ(terms.size(), products + 10 + 4 * 20);

  const AgentFeatures alone(2, ScoreInput::hidden, SessionSums::no);
  terms.assign(alone.term_size(), -1);
  alone.of_terms({}, item.first(alone.candidate_size()), terms);
  EXPECT_EQ(terms[1], 0) << "no totals";
}

}  // namespace
}  // namespace infodiet::rl
