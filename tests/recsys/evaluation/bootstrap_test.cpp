#include "recsys/evaluation/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "recsys/errors.hpp"
#include "tests/support/job_of_threads.hpp"

namespace infodiet::recsys {
namespace {

using engine::Purpose;
using engine::RandomStream;

std::vector<std::vector<double>> drawn_values(std::size_t models, std::size_t cases) {
  RandomStream random(6, Purpose::test);
  std::vector<std::vector<double>> values(models, std::vector<double>(cases));
  for (std::vector<double>& of_model : values) {
    for (double& value : of_model) value = random.normal();
  }
  return values;
}

TEST(PairedBootstrap, OfAConstantDifferenceIsThatDifference) {
  engine::ThreadPool pool(1);
  const Interval interval = paired_bootstrap(std::vector<double>{0.5, 1.0, 0.75}, std::vector<double>{0.25, 0.75, 0.5},
                                             {.resamples = 100}, pool);
  EXPECT_DOUBLE_EQ(interval.mean, 0.25);
  EXPECT_DOUBLE_EQ(interval.low, 0.25);
  EXPECT_DOUBLE_EQ(interval.high, 0.25);
}

TEST(PairedBootstrap, OfTwoUsersHasTheThreeMeansByHand) {
  // Differences 0 and 1: resampled means are 0, 1/2, 1 with probabilities 1/4, 1/2, 1/4.
  engine::ThreadPool pool(2);
  const std::vector<double> a{0.0, 1.0};
  const std::vector<double> b{0.0, 0.0};
  const Interval wide = paired_bootstrap(a, b, {.confidence = 0.6}, pool);
  EXPECT_DOUBLE_EQ(wide.mean, 0.5);
  EXPECT_DOUBLE_EQ(wide.low, 0.0);
  EXPECT_DOUBLE_EQ(wide.high, 1.0);
  const Interval narrow = paired_bootstrap(a, b, {.confidence = 0.4}, pool);
  EXPECT_DOUBLE_EQ(narrow.low, 0.5);
  EXPECT_DOUBLE_EQ(narrow.high, 0.5);
}

TEST(PairedBootstrap, DrawsTheCasesOfAUserTogether) {
  // Two users, one with two cases of difference 0 and one with one of 1: means are 0, 1/3 and 1.
  engine::ThreadPool pool(1);
  const std::vector<double> a{0.0, 0.0, 1.0};
  const std::vector<double> b(3, 0.0);
  const std::vector<std::size_t> per_user{2, 1};
  const Interval wide = paired_bootstrap(a, b, {.confidence = 0.6, .per_user = per_user}, pool);
  EXPECT_DOUBLE_EQ(wide.mean, 1.0 / 3);
  EXPECT_DOUBLE_EQ(wide.low, 0.0);
  EXPECT_DOUBLE_EQ(wide.high, 1.0);
  const Interval narrow = paired_bootstrap(a, b, {.confidence = 0.4, .per_user = per_user}, pool);
  EXPECT_DOUBLE_EQ(narrow.low, 1.0 / 3);
  EXPECT_DOUBLE_EQ(narrow.high, 1.0 / 3);
  const std::vector<std::size_t> too_few{2};
  EXPECT_THROW(paired_bootstrap(a, b, {.per_user = too_few}, pool), ShapeError);
}

TEST(PairedBootstrap, OfSeveralPairsIsThatOfEach) {
  engine::ThreadPool pool(2);
  const std::vector<std::vector<double>> values = drawn_values(4, 30);
  const std::vector<ValuePair> pairs{{values[0], values[1]}, {values[2], values[3]}, {values[3], values[0]}};
  const std::vector<std::size_t> per_user{1, 4, 5, 20};
  const BootstrapOptions options{.resamples = 300, .seed = 3, .per_user = per_user};
  const std::vector<Interval> intervals = paired_bootstraps(pairs, options, pool);
  ASSERT_EQ(intervals.size(), pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Interval alone = paired_bootstrap(pairs[i].a, pairs[i].b, options, pool);
    EXPECT_EQ(intervals[i].mean, alone.mean);
    EXPECT_EQ(intervals[i].low, alone.low);
    EXPECT_EQ(intervals[i].high, alone.high);
  }
  const std::vector<double> three(3);
  EXPECT_THROW(paired_bootstraps(std::vector<ValuePair>{pairs[0], {three, three}}, {}, pool), ShapeError);
  EXPECT_TRUE(paired_bootstraps({}, {}, pool).empty());
}

TEST(PairedBootstrap, HasTheBitsOfOneProcess) {
  engine::ThreadPool pool(1);
  const std::vector<std::vector<double>> values = drawn_values(3, 40);
  const std::vector<ValuePair> pairs{{values[0], values[1]}, {values[2], values[1]}};
  const BootstrapOptions options{.resamples = 101, .seed = 4};
  const std::vector<Interval> alone = paired_bootstraps(pairs, options, pool);
  const auto orders = [] {
    engine::Orders all;
    help_bootstraps(all);
    return all;
  };
  for (const std::size_t processes : {2U, 3U, 11U}) {
    test::JobOfThreads(processes).run(orders, [&](engine::Communicator& job) {
      const std::vector<Interval> shared = paired_bootstraps(pairs, options, pool, job);
      ASSERT_EQ(shared.size(), alone.size());
      for (std::size_t i = 0; i < alone.size(); ++i) {
        EXPECT_EQ(shared[i].mean, alone[i].mean);
        EXPECT_EQ(shared[i].low, alone[i].low);
        EXPECT_EQ(shared[i].high, alone[i].high);
      }
      EXPECT_GT(job.sent(engine::Traffic::results).bytes, 0U) << "nobody was told the values";
    });
  }
}

TEST(PairedBootstrap, CoversTheTruthAsOftenAsItClaims) {
  // 400 experiments of 60 users whose true mean difference is 0.3; a 90 % interval misses about one in ten. The bounds
  // are four standard errors of the count, with the percentile interval's known undercoverage at this size (about 1 %).
  engine::ThreadPool pool(2);
  int covered = 0;
  constexpr int experiments = 400;
  for (int experiment = 0; experiment < experiments; ++experiment) {
    RandomStream random(5, Purpose::test, static_cast<std::uint32_t>(experiment));
    std::vector<double> a(60);
    std::vector<double> b(60);
    for (std::size_t user = 0; user < a.size(); ++user) {
      const double difficulty = random.normal();
      a[user] = difficulty + 0.3 + 0.5 * random.normal();
      b[user] = difficulty + 0.5 * random.normal();
    }
    const Interval interval = paired_bootstrap(
        a, b, {.resamples = 400, .confidence = 0.9, .seed = static_cast<std::uint64_t>(experiment)}, pool);
    EXPECT_LT(interval.low, interval.high);
    if (interval.low <= 0.3 && 0.3 <= interval.high) ++covered;
  }
  EXPECT_GT(covered, experiments * 0.83);
  EXPECT_LT(covered, experiments * 0.96);
}

TEST(PairedBootstrap, PairsUsers) {
  // The difference is the same for everyone though users differ wildly: an unpaired interval would be wide.
  engine::ThreadPool pool(1);
  RandomStream random(6, Purpose::test);
  std::vector<double> a(200);
  std::vector<double> b(200);
  for (std::size_t user = 0; user < a.size(); ++user) {
    b[user] = 100.0 * random.normal();
    a[user] = b[user] + 1.0 + 0.01 * random.normal();
  }
  const Interval interval = paired_bootstrap(a, b, {.resamples = 500}, pool);
  EXPECT_NEAR(interval.low, 1.0, 0.01);
  EXPECT_NEAR(interval.high, 1.0, 0.01);
}

TEST(PairedBootstrap, HasTheSameBitsForAnyNumberOfThreadsAndDependsOnTheSeed) {
  RandomStream random(7, Purpose::test);
  std::vector<double> a(101);
  std::vector<double> b(101);
  for (double& value : a) value = random.uniform();
  for (double& value : b) value = random.uniform();
  engine::ThreadPool one(1);
  engine::ThreadPool many(4);
  const Interval first = paired_bootstrap(a, b, {.seed = 1}, one);
  const Interval again = paired_bootstrap(a, b, {.seed = 1}, many);
  const Interval other = paired_bootstrap(a, b, {.seed = 2}, many);
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NE(first.low, other.low);
  EXPECT_NEAR(first.low, other.low, 0.01);
}

TEST(PairedBootstrap, RefusesWhatMakesNoSense) {
  engine::ThreadPool pool(1);
  const std::vector<double> two{1.0, 2.0};
  EXPECT_THROW(paired_bootstrap(two, std::vector<double>{1.0}, {}, pool), ShapeError);
  EXPECT_THROW(paired_bootstrap({}, {}, {}, pool), DataError);
  EXPECT_THROW(paired_bootstrap(two, two, {.resamples = 0}, pool), Error);
  for (const double confidence : {0.0, 1.0, -1.0, std::nan("")}) {
    EXPECT_THROW(paired_bootstrap(two, two, {.confidence = confidence}, pool), Error);
  }
}

}  // namespace
}  // namespace infodiet::recsys
