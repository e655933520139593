#include "rl/slate_law.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/errors.hpp"
#include "rl/environments/drift.hpp"
#include "rl/policies/exploring.hpp"
#include "rl/policies/simple.hpp"
#include "tests/rl/constant_policy.hpp"

namespace infodiet::rl {
namespace {

using Slate = std::vector<Position>;

void all_slates(std::size_t candidates, std::size_t size, Slate& prefix, std::vector<Slate>& slates) {
  if (prefix.size() == size) {
    slates.push_back(prefix);
    return;
  }
  for (Position next = 0; next < candidates; ++next) {
    if (std::find(prefix.begin(), prefix.end(), next) != prefix.end()) continue;
    prefix.push_back(next);
    all_slates(candidates, size, prefix, slates);
    prefix.pop_back();
  }
}

std::vector<Slate> all_slates(std::size_t candidates, std::size_t size) {
  Slate prefix;
  std::vector<Slate> slates;
  all_slates(candidates, size, prefix, slates);
  return slates;
}

const std::vector<SlateLaw> laws{
    {.candidates = 5, .ranking = {4, 1, 3}},
    {.candidates = 5, .draw = 1},
    {.candidates = 5, .explore = 0.3, .ranking = {4, 1, 3}},
    {.candidates = 5, .draw = 0.2, .ranking = {2, 0, 4, 1, 3}},
    {.candidates = 5, .draw = 1, .weights = {1, 2, 3, 0.5, 4}},
    {.candidates = 5, .explore = 0.1, .draw = 0.6, .ranking = {2, 0, 4, 1, 3}, .weights = {1, 2, 3, 0.5, 4}},
};

TEST(SlateLaw, ProbabilitiesOfAllSlatesAddToOneAndOfSetsRanksAndPrefixesAreTheirSums) {
  const std::vector<Slate> slates = all_slates(5, 3);
  for (const SlateLaw& law : laws) {
    double total = 0;
    std::map<Slate, double> sets;
    std::map<std::pair<std::size_t, Position>, double> ranks;
    std::map<Slate, double> prefixes;
    for (const Slate& slate : slates) {
      const double probability = slate_probability(law, slate);
      total += probability;
      Slate sorted = slate;
      std::sort(sorted.begin(), sorted.end());
      sets[sorted] += probability;
      for (std::size_t k = 0; k < 3; ++k) {
        ranks[{k, slate[k]}] += probability;
        prefixes[Slate(slate.begin(), slate.begin() + static_cast<std::ptrdiff_t>(k) + 1)] += probability;
      }
    }
    EXPECT_NEAR(total, 1, 1e-12);
    for (const Slate& slate : slates) {
      Slate sorted = slate;
      std::sort(sorted.begin(), sorted.end());
      EXPECT_NEAR(set_probability(law, slate), sets[sorted], 1e-12);
      const std::vector<double> found = rank_probabilities(law, slate).value();
      const std::vector<double> starts = prefix_probabilities(law, slate);
      for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(found[k], (ranks[{k, slate[k]}]), 1e-12);
        EXPECT_NEAR(starts[k], prefixes[Slate(slate.begin(), slate.begin() + static_cast<std::ptrdiff_t>(k) + 1)],
                    1e-12);
      }
    }
  }
}

TEST(SlateLaw, IsThatOfPlackettLuce) {
  // tests/golden/plackett_luce states the same of longer slates; here by hand: 4/10.5 * 2/6.5.
  const SlateLaw law{.candidates = 5, .draw = 1, .weights = {1, 2, 3, 0.5, 4}};
  EXPECT_NEAR(slate_probability(law, Slate{4, 1}), 4 / 10.5 * 2 / 6.5, 1e-15);
}

TEST(SlateLaw, DrawsAreAsLikelyAsItSays) {
  constexpr int draws = 20000;
  for (const SlateLaw& law : laws) {
    std::map<Slate, int> counts;
    for (std::uint32_t i = 0; i < draws; ++i) {
      engine::RandomStream stream(5, engine::Purpose::test, 0, i);
      Slate slate(3);
      draw_slate(law, stream, slate);
      ++counts[slate];
    }
    for (const Slate& slate : all_slates(5, 3)) {
      const double p = slate_probability(law, slate);
      EXPECT_NEAR(counts[slate], draws * p, 4.5 * std::sqrt(draws * p * (1 - p)) + 1e-9);
    }
  }
}

TEST(SlateLaw, OfAPolicyIsHowItChooses) {
  constexpr std::size_t sessions = 20000;
  const Drift environment;
  const auto batch = environment.open_sessions();
  batch->reset({.seed = 9, .count = sessions});
  const auto greedy = std::make_shared<GreedyPolicy>();
  const RandomPolicy random;
  const EpsilonGreedyPolicy epsilon(0.4);
  const ExploringPolicy exploring(greedy, 0.5);
  const ExploringPolicy twice(std::make_shared<EpsilonGreedyPolicy>(0.4), 0.5);
  for (const Policy* policy :
       std::initializer_list<const Policy*>{&random, greedy.get(), &epsilon, &exploring, &twice}) {
    std::vector<Position> chosen(2 * sessions);
    policy->choose(*batch, {chosen.data(), sessions, 2});
    std::vector<SlateLaw> found(sessions);
    policy->laws(*batch, found);
    std::map<Slate, int> counts;
    for (std::size_t i = 0; i < sessions; ++i) ++counts[{chosen[2 * i], chosen[2 * i + 1]}];
    for (const Slate& slate : all_slates(4, 2)) {
      const double p = slate_probability(found[0], slate);
      EXPECT_NEAR(counts[slate], sessions * p, 4.5 * std::sqrt(sessions * p * (1 - p)) + 1e-9) << policy->name();
    }
  }
}

TEST(SlateLaw, RefusesSetsThatAreTooLong) {
  const SlateLaw law{.candidates = 9, .draw = 1, .weights = {1, 2, 3, 4, 5, 6, 7, 8, 9}};
  EXPECT_THROW(set_probability(law, Slate{0, 1, 2, 3, 4, 5, 6}), ShapeError);
  const SlateLaw wide{.candidates = 300, .draw = 0.5, .ranking = {1, 2, 3}, .weights = {}};
  EXPECT_FALSE(rank_probabilities(wide, Slate{0, 1, 2, 3}));
}

}  // namespace
}  // namespace infodiet::rl
