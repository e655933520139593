#include "recsys/evaluation/metrics.hpp"

#include <gtest/gtest.h>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {
namespace {

using Ranks = std::vector<std::uint32_t>;

TEST(MetricAt, OfOneTargetByHand) {
  const Ranks third{3};
  EXPECT_DOUBLE_EQ(metric_at(Metric::hit_rate, third, 5), 1.0);
  EXPECT_DOUBLE_EQ(metric_at(Metric::recall, third, 5), 1.0);
  EXPECT_DOUBLE_EQ(metric_at(Metric::precision, third, 5), 0.2);
  EXPECT_DOUBLE_EQ(metric_at(Metric::ndcg, third, 5), 0.5) << "1 / log2(4)";
  EXPECT_DOUBLE_EQ(metric_at(Metric::mrr, third, 5), 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(metric_at(Metric::map, third, 5), 1.0 / 3.0);
  for (const Metric metric : all_metrics) EXPECT_EQ(metric_at(metric, third, 2), 0.0) << metric_key(metric, 2);
  EXPECT_DOUBLE_EQ(metric_at(Metric::hit_rate, third, 3), 1.0) << "k itself counts";
}

TEST(MetricAt, OfSeveralTargetsByHand) {
  const Ranks ranks{1, 3, 4, 30};  // R = 4, three hits in the first 5
  EXPECT_DOUBLE_EQ(metric_at(Metric::hit_rate, ranks, 5), 1.0);
  EXPECT_DOUBLE_EQ(metric_at(Metric::recall, ranks, 5), 0.75);
  EXPECT_DOUBLE_EQ(metric_at(Metric::precision, ranks, 5), 0.6);
  EXPECT_DOUBLE_EQ(metric_at(Metric::mrr, ranks, 5), 1.0);
  EXPECT_DOUBLE_EQ(metric_at(Metric::map, ranks, 5), (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 4.0);
  // (1 + .5 + .4306765581) / (1 + .6309297536 + .5 + .4306765581)
  EXPECT_NEAR(metric_at(Metric::ndcg, ranks, 5), 0.7536976113, 1e-9);
  EXPECT_DOUBLE_EQ(metric_at(Metric::ndcg, ranks, 1), 1.0) << "the ideal holds no more than k";
}

TEST(MetricAt, KMayExceedTheCatalogue) {
  EXPECT_DOUBLE_EQ(metric_at(Metric::precision, Ranks{1, 2}, 1000), 0.002);
  EXPECT_DOUBLE_EQ(metric_at(Metric::ndcg, Ranks{1, 2}, 1000), 1.0);
}

TEST(MetricAt, RefusesNoTargetAndNoK) {
  EXPECT_THROW(metric_at(Metric::ndcg, Ranks{}, 5), Error);
  EXPECT_THROW(metric_at(Metric::ndcg, Ranks{1}, 0), Error);
}

TEST(MetricKey, IsTheSpellingOfTables) {
  EXPECT_EQ(metric_key(Metric::hit_rate, 5), "hr@5");
  EXPECT_EQ(metric_key(Metric::ndcg, 10), "ndcg@10");
  EXPECT_EQ(metric_key(Metric::mrr, 20), "mrr@20");
  EXPECT_EQ(metric_key(Metric::map, 1), "map@1");
}

TEST(MetricPerCase, IsOneValueACase) {
  RankedCases cases;
  cases.offsets = {0, 1, 3};
  cases.targets = {7, 8, 9};
  cases.ranks = {2, 1, 11};
  EXPECT_EQ(metric_per_case(Metric::recall, cases, 10), (std::vector<double>{1.0, 0.5}));
  EXPECT_DOUBLE_EQ(mean(metric_per_case(Metric::recall, cases, 10)), 0.75);
}

TEST(Mean, OfNobodySaysWhatToDo) {
  EXPECT_THROW(mean({}), DataError);
}

}  // namespace
}  // namespace infodiet::recsys
