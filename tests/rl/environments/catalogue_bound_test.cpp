#include "rl/environments/catalogue_bound.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
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

using CatalogueState = CatalogueEnvironment::State;

/// A catalogue drawn by `stream`: as many items as one person has candidates, of one or two topics.
struct Tiny {
  Catalogue catalogue;
  std::vector<Person> people;

  static Tiny drawn(engine::RandomStream& stream, std::size_t offers, std::size_t topics = 3) {
    std::vector<ItemAttributes> items(offers);
    for (ItemAttributes& item : items) {
      item.topics = {static_cast<Topic>(stream.below(topics))};
      if (stream.uniform() < 0.3) item.topics.push_back((item.topics[0] + 1) % static_cast<Topic>(topics));
      item.quality = 2 * stream.uniform() - 1;
      item.clickbait = stream.uniform();
      item.minutes = static_cast<double>(1 + stream.below(5));
      item.popularity = 0.01 + 0.5 * stream.uniform();
    }
    Tiny tiny{Catalogue(items, topics), {}};
    Person person{.interest = std::vector<double>(topics), .offers = {}};
    double sum = 0;
    for (double& share : person.interest) sum += share = 0.2 + stream.uniform();
    for (double& share : person.interest) share /= sum;
    for (std::uint32_t i = 0; i < offers; ++i) person.offers.push_back({i, 1.0F - 0.1F * static_cast<float>(i)});
    tiny.people.push_back(std::move(person));
    return tiny;
  }
};

/// The reward of the best omniscient policy, by trying every slate in every order at every step.
class BestOfAll {
 public:
  explicit BestOfAll(const CatalogueEnvironment& environment) : environment_(environment) {}

  double from(const CatalogueState& state) { return from(state, {}, environment_.shape().steps); }

 private:
  using Consumed = std::vector<std::uint32_t>;  ///< offers, those before the last five in no order

  double from(const CatalogueState& state, const Consumed& consumed, std::size_t steps_left) {
    if (steps_left == 0) return 0;
    const auto found = known_.find({consumed, steps_left});
    if (found != known_.end()) return found->second;
    std::vector<double> gains;
    for (Position rank = 0; rank < environment_.shape().candidates; ++rank) {
      const Candidate item = environment_.candidate(state, rank);
      CatalogueState next = state;
      next.consumption.consume(item);
      next.available.erase(next.available.begin() + static_cast<std::ptrdiff_t>(rank));
      next.available.push_back(next.next_offer++);
      gains.push_back(state.consumption.reward(item, environment_.reward()) +
                      from(next, with(consumed, state.available[rank]), steps_left - 1));
    }
    std::vector<Position> slate;
    const double best = best_slate(state, gains, from(state, consumed, steps_left - 1), slate);
    known_[{consumed, steps_left}] = best;
    return best;
  }

  static Consumed with(Consumed consumed, std::uint32_t offer) {
    consumed.push_back(offer);
    const std::size_t remembered = Consumption::remembered;
    if (consumed.size() > remembered) {
      std::sort(consumed.begin(), consumed.end() - static_cast<std::ptrdiff_t>(remembered));
    }
    return consumed;
  }

  double best_slate(const CatalogueState& state, const std::vector<double>& gains, double stay,
                    std::vector<Position>& slate) {
    if (slate.size() == environment_.shape().slate_size) {
      std::vector<double> utilities;
      for (const Position rank : slate) {
        utilities.push_back(environment_.utility(state, environment_.candidate(state, rank)) -
                            environment_.options().rank * std::log(static_cast<double>(utilities.size() + 1)));
      }
      const LogitChoice choice(utilities, environment_.utility_of_nothing(state));
      std::vector<Candidate> shown;
      for (const Position rank : slate) shown.push_back(environment_.candidate(state, rank));
      double value = state.consumption.reward_of_shown(shown, environment_.reward());
      value += choice.probability_of_nothing() * stay;
      for (std::size_t k = 0; k < slate.size(); ++k) value += choice.probability(k) * gains[slate[k]];
      return value;
    }
    double best = -1e300;
    for (Position next = 0; next < gains.size(); ++next) {
      if (std::find(slate.begin(), slate.end(), next) != slate.end()) continue;
      slate.push_back(next);
      best = std::max(best, best_slate(state, gains, stay, slate));
      slate.pop_back();
    }
    return best;
  }

  const CatalogueEnvironment& environment_;
  std::map<std::pair<Consumed, std::size_t>, double> known_;
};

const std::vector<RewardWeights>& rewards() {
  static const std::vector<RewardWeights> weights{{.engagement = 1},
                                                  {.engagement = 1, .quality = 2},
                                                  {.engagement = 0.2, .diversity = 1, .overload = -1},
                                                  {.quality = 1, .novelty = 0.3},
                                                  {.engagement = 1, .diversity = -1, .overload = 2}};
  return weights;
}

/// Catalogues of one shape, and how the bound is found in them.
struct CatalogueShape {
  const char* name;
  CatalogueOptions options;
  std::size_t topics = 3;
  CatalogueBoundOptions bound{};
  std::uint32_t first_seed = 0;
  std::uint32_t seeds = 10;
};

/// Percent by which the bound lies above the best, in a catalogue drawn by each seed.
std::vector<double> gaps_of(const CatalogueShape& shape) {
  std::vector<double> gaps;
  std::uint32_t worst = shape.first_seed;
  for (std::uint32_t seed = shape.first_seed; seed < shape.first_seed + shape.seeds; ++seed) {
    engine::RandomStream stream(seed, engine::Purpose::test);
    const Tiny tiny = Tiny::drawn(stream, CatalogueEnvironment::offers_needed(shape.options), shape.topics);
    const CatalogueEnvironment environment(tiny.catalogue, tiny.people, rewards()[seed % rewards().size()],
                                           shape.options);
    engine::RandomStream person(seed, engine::Purpose::environment);
    const CatalogueState start = environment.reset(person);
    const double best = BestOfAll(environment).from(start);
    const double bound = catalogue_bound(environment, start, shape.bound);
    EXPECT_GE(bound, best - 1e-9 * std::abs(best)) << shape.name << ", seed " << seed;
    gaps.push_back(100 * (bound - best) / std::abs(best));
    if (gaps.back() > gaps[worst - shape.first_seed]) worst = seed;
  }
  std::printf("gap of the bound, %s, seeds %u to %u: mean %.2f %%, largest %.2f %% (seed %u)\n", shape.name,
              shape.first_seed, shape.first_seed + shape.seeds - 1,
              std::accumulate(gaps.begin(), gaps.end(), 0.0) / static_cast<double>(gaps.size()),
              gaps[worst - shape.first_seed], worst);
  return gaps;
}

double largest(const std::vector<double>& gaps) {
  return *std::max_element(gaps.begin(), gaps.end());
}

TEST(CatalogueBound, IsTheBestOfTinyCatalogues) {
  const std::vector<CatalogueShape> shapes{
      {.name = "3 candidates, slates of 2, 4 steps", .options = {.candidates = 3, .slate = 2, .steps = 4}},
      {.name = "3 candidates, slates of 2, 5 steps", .options = {.candidates = 3, .slate = 2, .steps = 5}},
      {.name = "6 candidates, slates of 1, 4 steps", .options = {.candidates = 6, .slate = 1, .steps = 4}, .topics = 5},
      {.name = "5 candidates, slates of 3, 5 steps, 2 topics",
       .options = {.candidates = 5, .slate = 3, .steps = 5},
       .topics = 2},
      {.name = "other tastes, ranks count",
       .options = {.taste = 4,
                   .lure = 3,
                   .boredom = 1.5,
                   .regret = 2,
                   .rest = 1,
                   .fatigue = 3,
                   .attention = 0.3,
                   .rank = 1,
                   .candidates = 4,
                   .slate = 3,
                   .steps = 4}}};
  for (const CatalogueShape& shape : shapes) EXPECT_LE(largest(gaps_of(shape)), 1e-6) << shape.name;
}

TEST(CatalogueBound, IsCloseWhereNotAllIsRemembered) {
  // With more than six steps the order of what was consumed is forgotten.
  EXPECT_LE(largest(gaps_of({.name = "3 candidates, slates of 2, 7 steps",
                             .options = {.candidates = 3, .slate = 2, .steps = 7},
                             .seeds = 5})),
            10);
  // Room for a tenth of all sets: the state keeps kinds, and the items of highest price are kinds of their own.
  EXPECT_LE(largest(gaps_of({.name = "6 candidates, slates of 2, 5 steps, a tenth of the room",
                             .options = {.candidates = 6, .slate = 2, .steps = 5},
                             .bound = {.memories = 56}})),
            25);
}

TEST(CatalogueBound, CountsWhatIsShownWhateverIsConsumed) {
  for (const double relevance : {3.0, -3.0}) {
    for (const double rest : {1.0, 60.0}) {
      const CatalogueOptions options{.rest = rest, .candidates = 4, .slate = 2, .steps = 4};
      engine::RandomStream stream(30, engine::Purpose::test);
      const Tiny tiny = Tiny::drawn(stream, CatalogueEnvironment::offers_needed(options));
      const CatalogueEnvironment environment(tiny.catalogue, tiny.people, {.engagement = 1, .relevance = relevance},
                                             options);
      engine::RandomStream person(30, engine::Purpose::environment);
      const CatalogueState start = environment.reset(person);
      const double best = BestOfAll(environment).from(start);
      const double bound = catalogue_bound(environment, start);
      EXPECT_GE(bound, best - 1e-9) << "relevance " << relevance << ", rest " << rest;
      // Nobody consumes anything, so the two most relevant of the first four offers, 1 and .9, are shown four times.
      if (rest > 1 && relevance > 0) {
        EXPECT_NEAR(bound, 4 * 3 * 0.95, 1e-6);
      }
    }
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
    const CatalogueState start = environment.reset(person);
    const double best = BestOfAll(environment).from(start);
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
        // The rewards of sessions vary around their expectation.
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
