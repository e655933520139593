#include "recsys/attention/blend_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/random.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/baselines/popularity.hpp"
#include "tests/support/npy.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

MixtureCases golden_cases() {
  const test::NpyArray p = test::golden("mixture", "p");
  MixtureCases cases;
  cases.shares.resize({p.shape[0], p.shape[1]});
  std::copy(p.values.begin(), p.values.end(), cases.shares.begin());
  cases.counts.assign(p.shape[0], 1.0);
  return cases;
}

TEST(Mixture, FindsTheGoldenWeights) {
  const Mixture mixture = fit_mixture(golden_cases());
  const std::vector<double> weights = test::golden("mixture", "weights").values;
  for (std::size_t m = 0; m < weights.size(); ++m) EXPECT_NEAR(mixture.weights[m], weights[m], 1e-5);
  EXPECT_NEAR(mixture.log_likelihood, test::golden("mixture", "log_likelihood").scalar(), 1e-9);
}

TEST(Mixture, ShrinksTowardsThePriorWhereThereIsLittle) {
  const MixtureCases cases = golden_cases();
  const std::vector<double> alone = fit_mixture(cases).weights;
  const std::vector<double> prior{0.5, 0.3, 0.2};
  const auto distance = [&](const std::vector<double>& w) {
    return std::abs(w[0] - prior[0]) + std::abs(w[1] - prior[1]);
  };
  double before = distance(alone);
  for (const double strength : {10.0, 100.0, 1000.0}) {
    const Mixture mixture = fit_mixture(cases, {}, {.weights = prior, .cases = strength});
    EXPECT_NEAR(std::accumulate(mixture.weights.begin(), mixture.weights.end(), 0.0), 1, 1e-12);
    EXPECT_LT(distance(mixture.weights), before);
    before = distance(mixture.weights);
  }
  const std::vector<std::size_t> few{0, 1};
  EXPECT_LT(distance(fit_mixture(cases, few, {.weights = prior, .cases = 200}).weights), 0.02);
}

TEST(Mixture, CountsCasesByHowMuchTheyCount) {
  MixtureCases cases = golden_cases();
  for (std::size_t c = 10; c < cases.counts.size(); ++c) cases.counts[c] = 0;
  std::vector<std::size_t> first(10);
  std::iota(first.begin(), first.end(), std::size_t{0});
  const std::vector<double> weighted = fit_mixture(cases).weights;
  const std::vector<double> chosen = fit_mixture(golden_cases(), first).weights;
  for (std::size_t m = 0; m < 3; ++m) EXPECT_NEAR(weighted[m], chosen[m], 1e-6);
}

// Everybody walks round a circle, or only who has a short history: the others draw at random.
Dataset on_a_circle(bool everybody) {
  constexpr std::uint64_t items = 30;
  engine::RandomStream random(4, engine::Purpose::test);
  std::vector<std::vector<ItemIndex>> histories(1200);  // many more than the 200 cases of the prior
  for (std::size_t user = 0; user < histories.size(); ++user) {
    const std::uint64_t start = random.below(items);
    const bool is_short = user % 2 == 0;
    const bool walks = everybody || is_short;
    for (std::uint64_t i = 0; i < (is_short ? 5U : 14U); ++i) {
      histories[user].push_back(static_cast<ItemIndex>(walks ? (start + i) % items : random.below(items)));
    }
  }
  return test::small_dataset(histories, items);
}

struct Fitted {
  explicit Fitted(bool everybody_walks) : data(on_a_circle(everybody_walks)) {}

  Dataset data;
  Dataset training = training_part(data, {});
  std::vector<EvaluationCase> cases = test_cases(data, {});
  std::shared_ptr<const Recommender> markov = std::make_shared<const Markov>(training);
  std::shared_ptr<const Recommender> popularity = std::make_shared<const Popularity>(training);

  // Of temperature 1.
  Blend fit(const Recommender& first, std::vector<std::shared_ptr<const Recommender>> parts, std::size_t threads) {
    engine::ThreadPool pool(threads);
    const std::vector<Blend> blends = fit_blends(target_shares(first, cases, pool), parts, cases, pool);
    return blends.empty() ? Blend{} : blends.front();
  }
};

TEST(FitBlend, WeighsPartsByTheLengthOfTheHistory) {
  Fitted fitted(false);
  const auto circle = std::make_shared<const Markov>(training_part(on_a_circle(true), {}));
  const Blend blend = fitted.fit(*fitted.popularity, {circle}, 1);
  ASSERT_EQ(blend.parts.size(), 1U);
  ASSERT_GE(blend.lengths.size(), 2U);
  EXPECT_GT(blend.weights.front()[1], 0.8) << "what follows is certain after short histories";
  EXPECT_LT(blend.weights.back()[1], 0.5);
  for (const std::vector<double>& weights : blend.weights) {
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-9);
  }
}

TEST(FitBlend, HasTheSameBitsForAnyNumberOfThreads) {
  Fitted fitted(false);
  const Blend one = fitted.fit(*fitted.popularity, {fitted.markov}, 1);
  const Blend two = fitted.fit(*fitted.popularity, {fitted.markov}, 2);
  EXPECT_EQ(one.weights, two.weights);
  EXPECT_EQ(one.lengths, two.lengths);
}

TEST(FitBlend, TriesTemperaturesOfAttentionUpToTheLikeliest) {
  const Fitted fitted(false);
  engine::ThreadPool pool(1);
  // Sure of itself, and wrong for every other target; likeliest at the third temperature.
  std::vector<double> attention;
  for (std::size_t c = 0; c < fitted.cases.size(); ++c) {
    ASSERT_EQ(fitted.cases[c].targets.size(), 1U);
    attention.insert(attention.end(), {c % 2 == 0 ? 1e-9 : 0.5, 0.1, 0.3, 0.1, 0.05});
  }
  const std::vector<std::shared_ptr<const Recommender>> parts{fitted.popularity};
  const std::vector<Blend> blends = fit_blends(attention, parts, fitted.cases, pool);
  ASSERT_FALSE(blends.empty());
  EXPECT_EQ(blends.front().temperature, 1);
  EXPECT_LT(blends.front().weights.front()[0], 0.6) << "half of the targets are the other's";
  for (const Blend& blend : blends) EXPECT_LE(blend.temperature, 1.5);
  attention.pop_back();
  EXPECT_THROW((void)fit_blends(attention, parts, fitted.cases, pool), ShapeError);
}

TEST(FitBlend, LeavesOutPartsThatAddNothing) {
  Fitted fitted(true);
  EXPECT_TRUE(fitted.fit(*fitted.markov, {fitted.popularity}, 1).parts.empty());
  EXPECT_EQ(fitted.fit(*fitted.popularity, {fitted.markov}, 1).parts.size(), 1U);
  EXPECT_TRUE(fitted.fit(*fitted.popularity, {}, 1).parts.empty());
  fitted.cases.clear();
  EXPECT_TRUE(fitted.fit(*fitted.popularity, {fitted.markov}, 1).parts.empty());
}

}  // namespace
}  // namespace infodiet::recsys
