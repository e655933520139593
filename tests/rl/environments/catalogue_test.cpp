#include "rl/environments/catalogue.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "rl/policies/simple.hpp"
#include "rl/session.hpp"
#include "tests/rl/catalogue_world.hpp"
#include "tests/rl/one_session.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

constexpr RewardWeights all_terms{
    .engagement = 1, .quality = 0.5, .diversity = 2, .novelty = 0.1, .overload = -3, .relevance = 0.7};

TEST(CataloguePeople, HaveTheirTastesAndTheBestOfWhatTheyHaveNotSeen) {
  const Catalogue catalogue = test::world_catalogue();
  const recsys::Dataset data = test::world_data();
  const auto people = people_of(data, catalogue, test::LastTopic(test::world_items), 30);
  ASSERT_EQ(people.size(), 12U);
  for (std::size_t u = 0; u < people.size(); ++u) {
    const auto history = data.history(u).items;
    const std::set<recsys::ItemIndex> seen(history.begin(), history.end());
    double total = 0;
    for (const double share : people[u].interest) total += share;
    EXPECT_NEAR(total, 1, 1e-12);
    for (std::size_t k = 0; k < 30; ++k) {
      EXPECT_EQ(seen.count(people[u].offers[k].item), 0U);
      if (k > 0) {
        EXPECT_GE(people[u].offers[k - 1].score, people[u].offers[k].score);
      }
    }
  }
  EXPECT_EQ(std::max_element(people[1].interest.begin(), people[1].interest.end()) - people[1].interest.begin(), 1);
  EXPECT_THROW(people_of(data, catalogue, test::LastTopic(test::world_items), 121), recsys::DataError);
  EXPECT_THROW(people_of(data, catalogue, test::LastTopic(7), 30), ShapeError);
}

TEST(CataloguePeople, WhoHasSeenNearlyEverythingIsOfferedTheRestAndThenTheBestAgain) {
  const Catalogue catalogue = test::world_catalogue();
  recsys::Dataset data = test::world_data();
  data.user_ids.push_back(13);
  for (recsys::ItemIndex item = 5; item < test::world_items; ++item) data.items.push_back(item);
  data.offsets.push_back(data.items.size());
  const auto people = people_of(data, catalogue, test::LastTopic(test::world_items), 30);
  ASSERT_EQ(people.size(), 13U);
  const auto& offers = people.back().offers;
  ASSERT_EQ(offers.size(), 30U);
  std::set<recsys::ItemIndex> distinct;
  for (std::size_t k = 0; k < offers.size(); ++k) {
    distinct.insert(offers[k].item);
    EXPECT_EQ(offers[k].item < 5, k < 5) << "what is new comes first";
  }
  EXPECT_EQ(distinct.size(), 30U);
}

TEST(CatalogueEnvironment, WhatIsConsumedLeavesAndTheNextOfferComesIn) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment environment =
      test::world_environment(catalogue, all_terms, {.rest = -50, .candidates = 20, .slate = 4, .steps = 10});
  Session<CatalogueEnvironment> session(environment);
  test::begin(session, {3, engine::Purpose::test, 0});
  Observation seen = test::observed(session);
  for (std::uint32_t t = 1; t <= 10; ++t) {
    std::set<std::uint32_t> before;
    for (const Candidate& candidate : seen.candidates) before.insert(candidate.item);
    ASSERT_EQ(before.size(), 20U);
    test::show(session, {2, 0, 7, 19}, {3, engine::Purpose::test, t});
    seen = test::observed(session);
    ASSERT_NE(seen.chosen_at(t - 1), nullptr) << "rest is worth next to nothing";
    const std::uint32_t consumed = seen.chosen_at(t - 1)->item;
    std::size_t kept = 0;
    for (const Candidate& candidate : seen.candidates) {
      EXPECT_NE(candidate.item, consumed);
      kept += before.count(candidate.item);
    }
    EXPECT_EQ(kept, 19U);
  }
}

TEST(CatalogueEnvironment, UtilityFollowsItsAssumptions) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueOptions options{.taste = 2, .lure = 1, .boredom = 0.5, .regret = 0.6, .rest = 2, .fatigue = 4};
  std::vector<Person> people{{.interest = {0.5, 0.25, 0.25, 0}, .offers = {}}};
  for (recsys::ItemIndex i = 0; i < 70; ++i) people[0].offers.push_back({i, 0});
  const CatalogueEnvironment environment(catalogue, people, all_terms, options);
  CatalogueEnvironment::State state;
  state.favourite = 0.5;
  state.consumption = Consumption(4.0);
  EXPECT_DOUBLE_EQ(environment.utility(state, catalogue[8]), 2 + 8.0 / 119);
  EXPECT_DOUBLE_EQ(environment.utility(state, catalogue[5]), (1 + 2) / 2.0 + 5.0 / 119) << "topics 1 and 0";
  EXPECT_DOUBLE_EQ(environment.utility_of_nothing(state), 2);
  state.consumption.consume(catalogue[8]);  // topic 0, 9 minutes: 5 more than meant
  EXPECT_DOUBLE_EQ(environment.utility(state, catalogue[5]), (1 + 2 - 0.5) / 2 + 5.0 / 119);
  EXPECT_DOUBLE_EQ(environment.utility_of_nothing(state), 2 + 4 * 1.25) << "good quality is not regretted";
  state.consumption = Consumption(4.0);
  state.consumption.consume(catalogue[117]);  // 1 minute
  EXPECT_DOUBLE_EQ(environment.utility_of_nothing(state), 2 + 0.6 * (2 * 117.0 / 119 - 1));
}

TEST(CatalogueEnvironment, ExpectedRewardsAreMeansOfDrawnOnesAndTermsAreFoundAgain) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment environment =
      test::world_environment(catalogue, all_terms, {.rest = 1, .candidates = 20, .slate = 4, .steps = 10});
  struct Check final : Recorder {
    std::vector<double> difference;
    double worst = 0;
    void record(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) override {
      Observation seen;
      for (std::size_t i = 0; i < sessions.size(); ++i) {
        double drawn = 0;
        double expected = 0;
        for (std::size_t t = 0; t < outcomes.rows; ++t) {
          drawn += outcomes.row(t)[i].reward;
          expected += outcomes.row(t)[i].expected_reward;
        }
        difference.push_back(drawn - expected);
        sessions.observe(i, seen);
        for (const RewardTerms& terms : step_terms(seen)) drawn -= terms.weighted(all_terms);
        worst = std::max(worst, std::abs(drawn));
      }
    }
  } check;
  engine::ThreadPool pool(2);
  simulate(environment, RandomPolicy(), {.seed = test::seed, .count = 5000}, pool, &check);
  const Estimate mean = estimate(check.difference);
  EXPECT_NEAR(mean.mean, 0, 4 * mean.standard_error) << "seed " << test::seed;
  EXPECT_LT(check.worst, 1e-9);
}

TEST(CatalogueEnvironment, TastesMoveTowardsWhatIsConsumedAndStayHidden) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueOptions options{.rest = -50, .taste_drift = 0.1, .candidates = 20, .slate = 1, .steps = 5};
  std::vector<Person> people{{.interest = {0.5, 0.25, 0.25, 0}, .offers = {}}};
  for (recsys::ItemIndex i = 0; i < 70; ++i) people[0].offers.push_back({i, 0});
  const CatalogueEnvironment environment(catalogue, people, all_terms, options);
  Session<CatalogueEnvironment> session(environment);
  test::begin(session, {3, engine::Purpose::test, 0});
  const double before = environment.utility(session.state(), catalogue[3]);
  const Outcome outcome = test::show(session, {3}, {3, engine::Purpose::test, 1});
  const std::span<const double> taste = environment.taste(session.state());
  EXPECT_DOUBLE_EQ(taste[0], 0.45);
  EXPECT_DOUBLE_EQ(taste[3], 0.1) << "item 3 is of topic 3";
  ASSERT_TRUE(outcome.taste_topics);
  EXPECT_GT(*outcome.taste_topics, 3);
  CatalogueEnvironment::State rested = session.state();
  rested.consumption = Consumption(1.0);
  EXPECT_NEAR(environment.utility(rested, catalogue[3]) - before, 2 * 0.1 / 0.45, 1e-12);
  const Observation seen = test::observed(session);
  EXPECT_EQ(std::vector<double>(seen.interest.begin(), seen.interest.end()), people[0].interest);
}

TEST(CatalogueEnvironment, LowerRanksAreLookedAtLess) {
  const Catalogue catalogue = test::world_catalogue();
  const auto first_rank = [&](double rank) {
    std::vector<Person> people{{.interest = {0.25, 0.25, 0.25, 0.25}, .offers = {}}};
    for (recsys::ItemIndex i = 0; i < 70; ++i) people[0].offers.push_back({i, 0});
    const CatalogueEnvironment environment(
        catalogue, people, all_terms, {.lure = 0, .rest = -50, .rank = rank, .candidates = 4, .slate = 2, .steps = 1});
    std::size_t first = 0;
    for (std::uint32_t i = 0; i < 3000; ++i) {
      Session<CatalogueEnvironment> session(environment);
      test::begin(session, {3, engine::Purpose::test, 0, i});
      first += test::show(session, {1, 2}, {3, engine::Purpose::test, 1, i}).event.chosen == 0 ? 1 : 0;
    }
    return static_cast<double>(first) / 3000;
  };
  EXPECT_NEAR(first_rank(0), 0.5, 0.04);
  EXPECT_NEAR(first_rank(1), 2.0 / 3, 0.04) << "weights 1 and 1 / 2";
}

TEST(CatalogueEnvironment, PeopleComeInTurnWhereThatIsAskedFor) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment environment =
      test::world_environment(catalogue, all_terms, {.candidates = 20, .slate = 4, .steps = 2}).in_turn();
  const auto sessions = environment.open_sessions();
  sessions->reset({.first = 22, .count = 4, .sessions_each = 2});
  EXPECT_EQ(sessions->person(0), 11U);
  EXPECT_EQ(sessions->person(1), 11U);
  EXPECT_EQ(sessions->person(2), 0U) << "after the twelfth the first comes again";
}

TEST(CatalogueEnvironment, TakesAnotherRewardWithoutMakingItsPeopleAnew) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueOptions options{.candidates = 20, .slate = 4, .steps = 5};
  const CatalogueEnvironment environment = test::world_environment(catalogue, {.engagement = 1}, options);
  const CatalogueEnvironment other = environment.with_reward({.diversity = 1});
  EXPECT_EQ(&other.people(), &environment.people());
  EXPECT_EQ(test::mean_return(other, RandomPolicy(), 50).mean,
            test::mean_return(test::world_environment(catalogue, {.diversity = 1}, options), RandomPolicy(), 50).mean);
  EXPECT_THROW(environment.with_reward({.quality = NAN}), recsys::SettingError);
}

TEST(CatalogueEnvironment, RefusesWhatCannotBeSimulated) {
  const Catalogue catalogue = test::world_catalogue();
  const Catalogue empty({}, 4);
  const std::vector<ItemAttributes> plain(3);
  const Catalogue without_topics(plain, 0);
  EXPECT_THROW(CatalogueEnvironment(empty, {}, all_terms), recsys::DataError);
  EXPECT_THROW(CatalogueEnvironment(without_topics, {}, all_terms), recsys::DataError);
  EXPECT_THROW(CatalogueEnvironment(catalogue, {}, all_terms), recsys::DataError);
  EXPECT_THROW(CatalogueEnvironment(catalogue, {{std::vector<double>(4, 0.25), {}}}, all_terms), recsys::DataError);
  EXPECT_THROW(CatalogueEnvironment(catalogue, {}, all_terms, {.candidates = 4, .slate = 5}), recsys::SettingError);
  EXPECT_THROW(CatalogueEnvironment(catalogue, {}, {.engagement = NAN}), recsys::SettingError);
}

}  // namespace
}  // namespace infodiet::rl
