#include "rl/reward.hpp"

#include <gtest/gtest.h>

#include <string>

#include "recsys/errors.hpp"
#include "tests/rl/topics.hpp"

namespace infodiet::rl {
namespace {

RewardTerms terms_of(const Consumption& before, const Candidate& consumed) {
  return before.terms({}, &consumed);
}

TEST(Reward, ReadsItsTerms) {
  const RewardWeights weights = parse_reward("engagement=1,quality=0.5,diversity=0.3,novelty=0,overload=-0.2");
  EXPECT_EQ(weights.engagement, 1);
  EXPECT_EQ(weights.quality, 0.5);
  EXPECT_EQ(weights.diversity, 0.3);
  EXPECT_EQ(weights.novelty, 0);
  EXPECT_EQ(weights.overload, -0.2);
  EXPECT_EQ(parse_reward("quality=2").engagement, 0) << "what is not named weighs nothing";
}

TEST(Reward, RelevanceIsWhatARecommenderSaysOfAllThatIsShown) {
  const std::vector<Candidate> slate{{.score = 2.5, .popularity = 0.1}, {.score = 1.5, .popularity = 0.1}};
  const std::vector<Candidate> of_a_small_world{{.score = 2.5}};
  const Consumption consumption;
  EXPECT_EQ(consumption.terms(slate, nullptr).relevance, 2);
  EXPECT_EQ(consumption.terms(slate, &slate[1]).relevance, 2) << "whatever is consumed";
  EXPECT_EQ(consumption.terms(of_a_small_world, nullptr).relevance, std::nullopt) << "it is the hidden state's";
  EXPECT_EQ(consumption.terms(std::vector{slate[0], of_a_small_world[0]}, nullptr).relevance, 1.25);
  const RewardWeights weights{.engagement = 3, .relevance = 2};
  EXPECT_EQ(consumption.reward_of_shown(slate, weights), 4);
  EXPECT_EQ(consumption.reward(slate[1], weights), 3);
  EXPECT_EQ(consumption.terms(slate, &slate[1]).weighted(weights), 7);
  EXPECT_EQ(consumption.terms(slate, nullptr).engagement, std::nullopt) << "nothing is consumed";
}

TEST(Reward, SaysWhatIsWrongAndWhatIsKnown) {
  struct Case {
    std::string text;
    std::string message;
  };
  const std::vector<Case> cases{
      {"joy=1",
       "there is no \"joy\": expected one of engagement=0, quality=0, diversity=0, novelty=0, overload=0, relevance=0"},
      {"quality=much", "quality (quality in [-1, 1]) is set to \"much\", which is not a number"},
      {"quality=nan", "expected a number"},
      {"quality=1e300", "expected a number from -1000000 to 1000000"},
      {"quality", "is not an assignment"},
      {"", "is not an assignment"},
      {"quality=1,", "is not an assignment"},
      {"quality=1,quality=2", "quality is given twice"},
  };
  for (const Case& wrong : cases) {
    try {
      parse_reward(wrong.text);
      ADD_FAILURE() << wrong.text << " was taken";
    } catch (const recsys::SettingError& error) {
      EXPECT_NE(std::string(error.what()).find(wrong.message), std::string::npos) << error.what();
    }
  }
}

TEST(Reward, DiversityLooksBackFiveItems) {
  Consumption consumption;
  EXPECT_EQ(terms_of(consumption, test::about(test::topics_0_and_1)).diversity, 1.0);
  consumption.consume(test::about(test::topic_2));
  EXPECT_EQ(terms_of(consumption, test::about(test::topic_2)).diversity, 0.0);
  for (int i = 0; i < 4; ++i) consumption.consume(test::about(test::topic_3));
  EXPECT_EQ(terms_of(consumption, test::about(test::topic_2)).diversity, 0.0);
  consumption.consume(test::about(test::topic_3));
  EXPECT_EQ(terms_of(consumption, test::about(test::topic_2)).diversity, 1.0) << "six items ago is forgotten";
  constexpr std::array<Topic, 2> one_and_three{1, 3};
  EXPECT_EQ(terms_of(consumption, test::about(one_and_three)).diversity, 0.5);
  EXPECT_EQ(consumption.recent(3), 5.0);
}

TEST(Reward, OverloadIsWhatGoesBeyondAttention) {
  Consumption consumption(7.0);
  Candidate item;
  item.minutes = 3;
  EXPECT_EQ(terms_of(consumption, item).overload, 0.0);
  consumption.consume(item);
  consumption.consume(item);
  EXPECT_EQ(consumption.spent(), 6.0);
  EXPECT_EQ(terms_of(consumption, item).overload, 1.0);
  EXPECT_EQ(terms_of(consumption, item).engagement, 3.0);
  item.minutes.reset();
  EXPECT_EQ(terms_of(consumption, item).overload, 0.0) << "a click counts 1 where minutes are unknown";
  EXPECT_EQ(terms_of(consumption, item).engagement, 1.0);
}

TEST(Reward, WhatIsUnknownIsNullAndWeighsNothing) {
  const RewardTerms terms = terms_of(Consumption(), {});
  EXPECT_EQ(terms.quality, std::nullopt);
  EXPECT_EQ(terms.diversity, std::nullopt);
  EXPECT_EQ(terms.novelty, std::nullopt);
  EXPECT_EQ(terms.overload, std::nullopt);
  EXPECT_EQ(terms.weighted({.engagement = 2, .quality = 5, .diversity = 5, .novelty = 5, .overload = 5}), 2);
  Candidate item;
  item.quality = -0.5;
  item.popularity = 0.25;
  const RewardTerms known = terms_of(Consumption(), item);
  EXPECT_EQ(known.novelty, 2.0);
  EXPECT_EQ(known.weighted({.engagement = 1, .quality = 2, .novelty = 0.5}), 1 - 1 + 1);
}

}  // namespace
}  // namespace infodiet::rl
