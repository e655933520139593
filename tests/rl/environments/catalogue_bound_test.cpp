#include "rl/environments/catalogue_bound.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>

#include "recsys/errors.hpp"
#include "rl/choice.hpp"
#include "rl/policies/rerank.hpp"
#include "rl/policies/simple.hpp"
#include "rl/runs/simulate.hpp"
#include "tests/rl/catalogue_world.hpp"

namespace infodiet::rl {
namespace {

using State = CatalogueEnvironment::State;

/// A catalogue drawn by `stream`: as many items as one person is offered, of two or three topics.
struct Tiny {
  Catalogue catalogue;
  std::vector<Person> people;

  static Tiny drawn(engine::RandomStream& stream, std::size_t offers) {
    constexpr std::size_t topics = 3;
    std::vector<ItemAttributes> items(offers);
    for (ItemAttributes& item : items) {
      item.topics = {static_cast<Topic>(stream.below(topics))};
      if (stream.uniform() < 0.3) item.topics.push_back((item.topics[0] + 1) % topics);
      item.quality = 2 * stream.uniform() - 1;
      item.clickbait = stream.uniform();
      item.minutes = static_cast<double>(1 + stream.below(5));
      item.popularity = 0.01 + 0.5 * stream.uniform();
    }
    Tiny tiny{Catalogue(items, topics), {}};
    Person person{.interest = {0.5, 0.3, 0.2}, .offers = {}};
    for (std::uint32_t i = 0; i < offers; ++i) person.offers.push_back({i, 1.0F - 0.1F * static_cast<float>(i)});
    tiny.people.push_back(std::move(person));
    return tiny;
  }
};

double best_from(const CatalogueEnvironment& environment, const State& state, std::size_t steps_left);

double value_of(const CatalogueEnvironment& environment, const State& state, std::span<const Position> slate,
                std::size_t steps_left) {
  std::vector<double> utilities;
  for (const Position place : slate)
    utilities.push_back(environment.utility(state, environment.candidate(state, place)));
  const LogitChoice choice(utilities, environment.utility_of_nothing(state));
  double value = choice.probability_of_nothing() * best_from(environment, state, steps_left - 1);
  for (std::size_t k = 0; k < slate.size(); ++k) {
    const Candidate item = environment.candidate(state, slate[k]);
    State next = state;
    next.consumption.consume(item);
    next.available.erase(next.available.begin() + static_cast<std::ptrdiff_t>(slate[k]));
    next.available.push_back(next.next_offer++);
    value += choice.probability(k) *
             (state.consumption.reward(item, environment.reward()) + best_from(environment, next, steps_left - 1));
  }
  return value;
}

/// What the best policy earns that knows everything, by trying all slates of two at every step.
double best_from(const CatalogueEnvironment& environment, const State& state, std::size_t steps_left) {
  if (steps_left == 0) return 0;
  double best = -1e300;
  for (Position a = 0; a < environment.shape().candidates; ++a) {
    for (Position b = a + 1; b < environment.shape().candidates; ++b) {
      best = std::max(best, value_of(environment, state, std::array{a, b}, steps_left));
    }
  }
  return best;
}

/// Percent by which the bound lies above the best, in catalogues drawn by eight seeds.
std::vector<double> gaps_of(std::size_t steps) {
  const CatalogueOptions options{.candidates = 3, .slate = 2, .steps = steps};
  const std::vector<RewardWeights> rewards{{.engagement = 1},
                                           {.engagement = 1, .quality = 2},
                                           {.engagement = 0.2, .diversity = 1, .overload = -1},
                                           {.quality = 1, .novelty = 0.3}};
  std::vector<double> gaps;
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    engine::RandomStream stream(seed, engine::Purpose::test);
    const Tiny tiny = Tiny::drawn(stream, CatalogueEnvironment::offers_needed(options));
    const CatalogueEnvironment environment(tiny.catalogue, tiny.people, rewards[seed % rewards.size()], options);
    engine::RandomStream person(seed, engine::Purpose::environment);
    const State start = environment.reset(person);
    const double best = best_from(environment, start, steps);
    const double bound = catalogue_bound(environment, start);
    EXPECT_GE(bound, best - 1e-9) << seed;
    gaps.push_back(100 * (bound - best) / std::abs(best));
  }
  std::printf("gap of the bound, %zu steps: mean %.2f %%, largest %.2f %%\n", steps,
              std::accumulate(gaps.begin(), gaps.end(), 0.0) / 8, *std::max_element(gaps.begin(), gaps.end()));
  return gaps;
}

TEST(CatalogueBound, IsCloseAboveTheBestOfTinyCatalogues) {
  // With five steps not everything fits into the state.
  for (const std::size_t steps : {4, 5}) {
    const std::vector<double> gaps = gaps_of(steps);
    EXPECT_LE(std::accumulate(gaps.begin(), gaps.end(), 0.0) / 8, 10) << steps;
  }
}

TEST(CatalogueBound, HoldsForEveryMemoryAndGrid) {
  const CatalogueOptions options{
      .boredom = 1.5, .regret = 1, .fatigue = 3, .attention = 0.3, .candidates = 4, .slate = 2, .steps = 4};
  for (std::uint32_t seed = 20; seed < 24; ++seed) {
    engine::RandomStream stream(seed, engine::Purpose::test);
    const Tiny tiny = Tiny::drawn(stream, CatalogueEnvironment::offers_needed(options));
    const RewardWeights reward{.engagement = seed % 2 == 0 ? 1.0 : -0.2,
                               .quality = 1,
                               .diversity = seed % 2 == 0 ? -1.0 : 2.0,
                               .overload = seed % 2 == 0 ? 0.5 : -0.5};
    const CatalogueEnvironment environment(tiny.catalogue, tiny.people, reward, options);
    engine::RandomStream person(seed, engine::Purpose::environment);
    const State start = environment.reset(person);
    const double best = best_from(environment, start, options.steps);
    for (const std::size_t memories : {1, 4, 30}) {
      for (const std::size_t cells : {1, 3, 40}) {
        for (const std::size_t prices : {0, 12}) {
          EXPECT_GE(catalogue_bound(environment, start, {memories, cells, prices}), best - 1e-9)
              << seed << ' ' << memories << ' ' << cells << ' ' << prices;
        }
      }
    }
  }
}

TEST(CatalogueBound, IsNeverBelowAPolicy) {
  engine::ThreadPool pool(2);
  const Catalogue catalogue = test::world_catalogue();
  const std::vector<RewardWeights> rewards{{.engagement = 1},
                                           {.quality = 1, .diversity = 1},
                                           {.engagement = -1, .novelty = 0.2},
                                           {.engagement = 1, .overload = -5}};
  const std::vector<CatalogueOptions> settings{
      {.candidates = 12, .slate = 3, .steps = 8},
      {.taste = 5, .boredom = 0, .rest = 0, .candidates = 20, .slate = 5, .steps = 6},
      {.lure = 4, .boredom = 2, .fatigue = 5, .attention = 0.2, .rank = 1, .candidates = 10, .slate = 4, .steps = 8}};
  const std::vector<std::shared_ptr<const Policy>> policies{
      std::make_shared<RandomPolicy>(),        std::make_shared<GreedyPolicy>(),
      std::make_shared<PopularPolicy>(),       std::make_shared<MmrPolicy>(0.3),
      std::make_shared<CalibratedPolicy>(0.7), std::make_shared<EpsilonGreedyPolicy>(0.3)};
  const SessionPlan plan{.seed = 3, .count = 16};
  for (const CatalogueOptions& options : settings) {
    for (const RewardWeights& reward : rewards) {
      const CatalogueEnvironment environment = test::world_environment(catalogue, reward, options);
      const std::vector<double> bounds =
          catalogue_bounds(environment, plan, pool, {.memories = 8, .cells = 30, .price_steps = 6});
      for (const auto& policy : policies) {
        const Estimate below = estimate_difference(simulate(environment, *policy, plan, pool), bounds);
        // Sessions vary around what they are expected to earn.
        EXPECT_LE(below.mean, 2 * below.standard_error) << policy->name();
      }
    }
  }
}

TEST(CatalogueBound, RefusesWhatItDoesNotCover) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment moving = test::world_environment(
      catalogue, {.engagement = 1}, {.taste_drift = 0.1, .candidates = 5, .slate = 2, .steps = 3});
  EXPECT_THAT(catalogue_bound_obstacle(moving).value_or(""), testing::HasSubstr("taste_drift"));
  engine::RandomStream stream(1, engine::Purpose::environment);
  EXPECT_THROW(catalogue_bound(moving, moving.reset(stream)), recsys::SettingError);
  const CatalogueEnvironment still =
      test::world_environment(catalogue, {.engagement = 1}, {.candidates = 5, .slate = 2, .steps = 3});
  EXPECT_FALSE(catalogue_bound_obstacle(still));
}

TEST(CatalogueBound, HasTheSameBitsForAnyNumberOfThreads) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment environment =
      test::world_environment(catalogue, {.engagement = 1}, {.candidates = 8, .slate = 3, .steps = 5});
  engine::ThreadPool one(1);
  engine::ThreadPool two(2);
  EXPECT_EQ(catalogue_bounds(environment, {.count = 5}, one, {.cells = 20}),
            catalogue_bounds(environment, {.count = 5}, two, {.cells = 20}));
}

}  // namespace
}  // namespace infodiet::rl
