#include "rl/judgement/estimators.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "tests/support/npy.hpp"

namespace infodiet::rl {
namespace {

test::NpyArray golden(const std::string& name) {
  return test::read_npy(std::string(INFODIET_GOLDEN) + "/off_policy/" + name + ".npy");
}

/// The six sessions of tests/golden/off_policy.
WeightedLog golden_log() {
  const test::NpyArray logged = golden("logged");
  const test::NpyArray target = golden("target");
  WeightedLog log{
      .sessions = logged.shape[0], .steps = logged.shape[1], .ratio = {}, .reward = golden("reward").values};
  for (std::size_t i = 0; i < logged.values.size(); ++i) log.ratio.push_back(target.values[i] / logged.values[i]);
  log.action_value = golden("Q").values;
  log.state_value = golden("V").values;
  for (std::size_t i = 0; i < log.sessions; ++i) log.person.push_back(static_cast<std::int64_t>(i));
  return log;
}

TEST(Estimators, AreThoseOfTheReference) {
  const WeightedLog log = golden_log();
  EXPECT_NEAR(estimate_of(terms_of(Estimator::ips, log)), golden("ips").scalar(), 1e-12);
  EXPECT_NEAR(estimate_of(terms_of(Estimator::snips, log)), golden("snips").scalar(), 1e-12);
  EXPECT_NEAR(estimate_of(terms_of(Estimator::pdis, log)), golden("pdis").scalar(), 1e-12);
  EXPECT_NEAR(estimate_of(terms_of(Estimator::wpdis, log)), golden("wpdis").scalar(), 1e-12);
  EXPECT_NEAR(estimate_of(terms_of(Estimator::dr, log)), golden("dr").scalar(), 1e-12);
  const std::vector<WeightFigures> figures = weight_figures(log);
  const std::vector<double> expected = golden("ess").values;
  ASSERT_EQ(figures.size(), expected.size());
  for (std::size_t t = 0; t < expected.size(); ++t) EXPECT_NEAR(figures[t].effective, expected[t], 1e-12);
}

TEST(Estimators, AreTheMeanWhereBothPoliciesAgree) {
  WeightedLog log = golden_log();
  log.ratio.assign(log.ratio.size(), 1.0);
  double mean = 0;
  for (const double reward : log.reward) mean += reward / static_cast<double>(log.sessions);
  for (const Estimator estimator : {Estimator::ips, Estimator::snips, Estimator::pdis, Estimator::wpdis}) {
    EXPECT_NEAR(estimate_of(terms_of(estimator, log)), mean, 1e-12) << name_of(estimator);
  }
  const std::vector<WeightFigures> figures = weight_figures(log);
  EXPECT_DOUBLE_EQ(figures[2].effective, 6);
  EXPECT_DOUBLE_EQ(figures[2].mean, 1);
  EXPECT_DOUBLE_EQ(figures[2].standard_error, 0);
  EXPECT_DOUBLE_EQ(figures[2].largest_share, 1.0 / 6);
}

TEST(Estimators, WeightsOfAnySizeHaveFigures) {
  const auto figures_of = [](double ratio, double other) {
    const std::vector<double> ratios{ratio, other, ratio, other};
    return weight_figures({.sessions = 2, .steps = 2, .ratio = ratios, .reward = {0, 0, 0, 0}, .person = {0, 1}});
  };
  const WeightFigures huge = figures_of(1e200, 1)[1];
  EXPECT_NEAR(huge.effective, 2, 1e-9) << "200 digits, and equal";
  EXPECT_EQ(huge.standard_error, 0);
  EXPECT_EQ(huge.largest_share, 0.5);
  const WeightFigures endless = figures_of(1e200, 1e200)[1];
  EXPECT_EQ(endless.effective, 0);
  EXPECT_TRUE(std::isinf(endless.mean));
  const WeightFigures none = figures_of(0, 1)[1];
  EXPECT_EQ(none.effective, 0);
  EXPECT_EQ(none.mean, 0);
  EXPECT_NEAR(figures_of(1e-300, 1)[1].effective, 2, 1e-9);
}

TEST(Estimators, SingleSlatesInTheirThreeForms) {
  const RankLog log{.slates = 2,
                    .ranks = 2,
                    .rank_ratio = {2, 0.5, 1, 3},
                    .prefix_ratio = {2, 4, 1, 0.25},
                    .reward = {0, 1, 3, 0},
                    .person = {0, 1}};
  const std::vector<double> whole = {4, 0.25};
  EXPECT_DOUBLE_EQ(estimate_of(terms_of(SlateForm::standard, log, whole)), (4 * 1 + 0.25 * 3) / 2);
  EXPECT_DOUBLE_EQ(estimate_of(terms_of(SlateForm::independent, log, whole)), (0.5 * 1 + 1 * 3) / 2.0);
  EXPECT_DOUBLE_EQ(estimate_of(terms_of(SlateForm::cascade, log, whole)), (4 * 1 + 1 * 3) / 2.0);
}

TEST(Estimators, IntervalsDrawPeopleNotSessions) {
  // Two people of a hundred equal sessions each vary as two, not as two hundred.
  WeightedLog log{.sessions = 200, .steps = 1, .ratio = std::vector<double>(200, 1.0), .reward = {}};
  for (int i = 0; i < 200; ++i) {
    log.reward.push_back(i % 2);
    log.person.push_back(i % 2);
  }
  const JudgedValue value = resampled(terms_of(Estimator::ips, log), log.person, {});
  EXPECT_DOUBLE_EQ(value.value, 0.5);
  EXPECT_DOUBLE_EQ(value.low, 0);
  EXPECT_DOUBLE_EQ(value.high, 1);
  EXPECT_DOUBLE_EQ(weight_figures(log)[0].mean, 1);
}

TEST(Estimators, AnIntervalOfAMeanIsTheOneOfTheory) {
  WeightedLog log{.sessions = 400, .steps = 1, .ratio = std::vector<double>(400, 1.0), .reward = {}};
  double sum = 0;
  double squares = 0;
  for (std::int64_t i = 0; i < 400; ++i) {
    engine::RandomStream stream(3, engine::Purpose::test, 0, static_cast<std::uint32_t>(i));
    log.reward.push_back(stream.normal());
    log.person.push_back(i);
    sum += log.reward.back();
    squares += log.reward.back() * log.reward.back();
  }
  const double mean = sum / 400;
  const double error = std::sqrt((squares / 400 - mean * mean) / 400);
  const JudgedValue value = resampled(terms_of(Estimator::ips, log), log.person, {.resamples = 5000});
  EXPECT_NEAR(value.low, mean - 1.96 * error, 0.1 * error);
  EXPECT_NEAR(value.high, mean + 1.96 * error, 0.1 * error);
  EXPECT_EQ(resampled(terms_of(Estimator::ips, log), log.person, {}).low,
            resampled(terms_of(Estimator::ips, log), log.person, {}).low);
}

TEST(Estimators, RefuseArraysThatDoNotFit) {
  WeightedLog log = golden_log();
  log.state_value.clear();
  EXPECT_THROW(terms_of(Estimator::dr, log), ShapeError);
  EXPECT_NO_THROW(terms_of(Estimator::pdis, log));
  log.reward.pop_back();
  EXPECT_THROW(terms_of(Estimator::pdis, log), ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
