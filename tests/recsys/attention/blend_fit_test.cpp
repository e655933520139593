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

// Knows who comes next, but says so far too loudly: its shares deserve little weight, and more when calibrated.
TEST(FitBlend, WeighsAttentionAtEachTemperature) {
  class Loud final : public Recommender {
   public:
    explicit Loud(std::shared_ptr<const Recommender> model) : model_(std::move(model)) {}
    std::string name() const override { return "loud"; }
    std::size_t catalogue_size() const override { return model_->catalogue_size(); }
    void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override {
      model_->score(histories, scores);
      for (std::size_t b = 0; b < scores.rows; ++b) {
        for (std::size_t v = 0; v < scores.cols; ++v) scores.row(b)[v] = 12 * std::log(scores.row(b)[v] + 0.02F);
      }
    }

   private:
    std::shared_ptr<const Recommender> model_;
  };
  const Fitted fitted(false);
  engine::ThreadPool pool(1);
  const std::vector<std::shared_ptr<const Recommender>> parts{fitted.popularity};
  const std::vector<Blend> blends =
      fit_blends(target_shares(Loud(fitted.markov), fitted.cases, pool), parts, fitted.cases, pool);
  ASSERT_EQ(blends.size(), 5U);
  EXPECT_EQ(blends.front().temperature, 1);
  EXPECT_EQ(blends.back().temperature, 2);
  for (std::size_t t = 1; t < blends.size(); ++t) {
    EXPECT_GT(blends[t].temperature, blends[t - 1].temperature);
    EXPECT_GT(blends[t].weights.back()[0], blends[t - 1].weights.back()[0]) << "after long histories nothing is sure";
  }
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
