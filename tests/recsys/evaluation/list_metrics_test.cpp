#include "recsys/evaluation/list_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {
namespace {

ItemLists lists_of(const std::vector<std::vector<ItemIndex>>& lists) {
  ItemLists result;
  for (const auto& list : lists) {
    result.items.insert(result.items.end(), list.begin(), list.end());
    result.offsets.push_back(result.items.size());
  }
  return result;
}

ItemTopics topics_of(const std::vector<std::vector<std::uint32_t>>& topics) {
  TopicNumbers numbers;
  for (const auto& of_item : topics) {
    std::vector<std::string> names;
    for (const std::uint32_t topic : of_item) names.push_back(std::to_string(topic));
    numbers.add(names);
  }
  return std::move(numbers).finish();
}

TEST(ListsAt, TakesTheFirstOfWhatWasKept) {
  RankedCases cases;
  cases.offsets = {0, 1, 2};
  cases.list_length = 3;
  cases.list_offsets = {0, 3, 4};
  cases.lists = {{5, 3.0F}, {6, 2.0F}, {7, 1.0F}, {8, 1.0F}};
  const ItemLists two = lists_at(cases, 2);
  EXPECT_EQ(two.items, (std::vector<ItemIndex>{5, 6, 8})) << "the second list is short because the catalogue is";
  EXPECT_EQ(two.offsets, (std::vector<std::size_t>{0, 2, 3}));
  EXPECT_THROW(lists_at(cases, 4), Error);
}

TEST(CatalogueCoverage, CountsItemsOnce) {
  EXPECT_DOUBLE_EQ(catalogue_coverage(lists_of({{0, 1}, {1, 2}, {}}), 8), 3.0 / 8.0);
  EXPECT_DOUBLE_EQ(catalogue_coverage(lists_of({}), 8), 0.0);
  EXPECT_THROW(catalogue_coverage(lists_of({{8}}), 8), ShapeError);
  EXPECT_THROW(catalogue_coverage(lists_of({}), 0), DataError);
}

TEST(RecommendationGini, ByHand) {
  EXPECT_DOUBLE_EQ(recommendation_gini(lists_of({{0, 1}, {2, 3}}), 4), 0.0);
  EXPECT_DOUBLE_EQ(recommendation_gini(lists_of({{3}, {3}}), 4), 1.0);
  // Counts ascending 0 1 3: (-2 * 0 + 0 * 1 + 2 * 3) / (4 * 2).
  EXPECT_DOUBLE_EQ(recommendation_gini(lists_of({{0, 2}, {0}, {0}}), 3), 0.75);
  EXPECT_DOUBLE_EQ(recommendation_gini(lists_of({{0}}), 1), 0.0);
  EXPECT_THROW(recommendation_gini(lists_of({{}}), 3), DataError);
}

TEST(MeanNovelty, IsSelfInformationInBits) {
  // pop = 8/16, 4/16, 3/16, 1/16.
  const std::vector<std::uint32_t> counts{7, 3, 2, 0};
  EXPECT_DOUBLE_EQ(mean_novelty(lists_of({{0}}), counts), 1.0);
  EXPECT_DOUBLE_EQ(mean_novelty(lists_of({{0, 1}, {3}}), counts), (1.0 + 2.0 + 4.0) / 3.0);
  EXPECT_THROW(mean_novelty(lists_of({{4}}), counts), ShapeError);
  EXPECT_THROW(mean_novelty(lists_of({}), counts), DataError);
}

TEST(IntraListDiversity, ByTopics) {
  const ItemTopics topics = topics_of({{1, 2}, {2, 3, 4}, {}, {1, 2}, {9}});
  EXPECT_DOUBLE_EQ(*intra_list_diversity(lists_of({{0, 1}}), topics), 0.75) << "one of four topics is shared";
  EXPECT_DOUBLE_EQ(*intra_list_diversity(lists_of({{0, 3}}), topics), 0.0);
  EXPECT_DOUBLE_EQ(*intra_list_diversity(lists_of({{0, 3, 4}}), topics), 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(*intra_list_diversity(lists_of({{0, 2, 3}}), topics), 0.0) << "unknown topics are left out";
  EXPECT_DOUBLE_EQ(*intra_list_diversity(lists_of({{0, 1}, {0, 3}, {4}, {}}), topics), 0.375);
  EXPECT_FALSE(intra_list_diversity(lists_of({{0, 2}, {1}}), topics).has_value());
  EXPECT_THROW(intra_list_diversity(lists_of({{5}}), topics), ShapeError);
}

TEST(IntraListDiversity, ByVectors) {
  std::vector<float> vectors{1, 0, 0, 2, -3, 0, 0, 0, 1, 1};
  const engine::MatrixSpan<const float> matrix(vectors.data(), 5, 2);
  EXPECT_DOUBLE_EQ(*intra_list_diversity(lists_of({{0, 1}}), matrix), 1.0);
  EXPECT_DOUBLE_EQ(*intra_list_diversity(lists_of({{0, 2}}), matrix), 2.0);
  EXPECT_NEAR(*intra_list_diversity(lists_of({{0, 4}}), matrix), 1.0 - std::sqrt(0.5), 1e-12);
  EXPECT_FALSE(intra_list_diversity(lists_of({{0, 3}}), matrix).has_value());
}

}  // namespace
}  // namespace infodiet::recsys
