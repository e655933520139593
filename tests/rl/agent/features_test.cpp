#include "rl/agent/features.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace infodiet::rl {
namespace {

constexpr std::array<Topic, 2> both{0, 1};
constexpr std::array<Topic, 1> second{1};
constexpr std::size_t item_size = 11;  // 9 attributes and 2 topics

/// A session of which one step was taken, in which the second of two items was chosen.
struct Example {
  std::vector<Candidate> shown{{.topics = both}, {.quality = -0.5, .clickbait = 1, .minutes = std::exp(3) - 1}};
  std::vector<Event> events{{.chosen = 1, .engagement = std::exp(1.5) - 1}};
  std::vector<double> interest{0.8, 0.2};
  Observation observation;

  Example() {
    observation.step = 1;
    observation.steps = 4;
    observation.slate_size = 2;
    observation.topics = 2;
    observation.candidates = {{.score = 3, .popularity = 1.0 / 32, .topics = second}, {.score = 1}};
    observation.events = events;
    observation.shown = shown;
    observation.interest = interest;
    observation.attention = 7;
  }
};

TEST(AgentFeatures, OfAnEvent) {
  const Example example;
  const AgentFeatures features(2, ScoreInput::hidden);
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
  const Example example;
  const AgentFeatures features(2, ScoreInput::told);
  const std::size_t size = features.candidate_size();
  std::vector<float> rows(2 * size);
  features.of_candidates(example.observation, rows);
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
  AgentFeatures(2, ScoreInput::hidden).of_candidates(example.observation, hidden);
  EXPECT_EQ(hidden[item_size], 0);
  rows[item_size] = rows[size + item_size] = 0;
  EXPECT_EQ(hidden, rows) << "nothing else differs";
}

}  // namespace
}  // namespace infodiet::rl
