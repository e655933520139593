#include "recsys/evaluation/ranks.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/errors.hpp"
#include "tests/support/small_dataset.hpp"
#include "tests/support/table_recommender.hpp"

namespace infodiet::recsys {
namespace {

using test::TableRecommender;
using Items = std::vector<ItemIndex>;
using Ranks = std::vector<std::uint32_t>;

/// The ranks of `targets` after `history` by a model that scores every history alike.
Ranks ranks_of(const std::vector<float>& scores, const Items& history, const Items& targets,
               Repeats repeats = Repeats::forbid) {
  engine::ThreadPool pool(1);
  const TableRecommender model(std::vector<std::vector<float>>(history.size() + 1, scores));
  const EvaluationCase one{.user = 0, .history = {.items = history, .times = {}}, .targets = targets};
  return rank_cases(model, {&one, 1}, 0, pool, repeats).ranks;
}

TEST(RankCases, BreaksTiesByItemIndex) {
  const std::vector<float> scores{1, 5, 5, 5, 0};
  EXPECT_EQ(ranks_of(scores, {}, {1}), Ranks{1});
  EXPECT_EQ(ranks_of(scores, {}, {2}), Ranks{2});
  EXPECT_EQ(ranks_of(scores, {}, {3}), Ranks{3});
  EXPECT_EQ(ranks_of(scores, {}, {0}), Ranks{4});
}

TEST(RankCases, AConstantModelGetsNoCredit) {
  EXPECT_EQ(ranks_of(std::vector<float>(100, 0.0F), {}, {99}), Ranks{100});
}

TEST(RankCases, FiltersSeenItemsEvenWhereAllScoresAreNegative) {
  EXPECT_EQ(ranks_of({-1, -2, -3, -4}, {0, 1, 0}, {3}), Ranks{2}) << "only item 2 is before it";
}

TEST(RankCases, FiltersNothingWhereRepeatsAreAllowed) {
  EXPECT_EQ(ranks_of({9, 8, 7}, {0, 1}, {1}, Repeats::allow), Ranks{2}) << "seen before, and consumed again";
  EXPECT_EQ(ranks_of({9, 8, 7}, {0, 1}, {2}, Repeats::allow), Ranks{3});
}

TEST(RankCases, RefusesATargetThatIsForbidden) {
  EXPECT_THROW(ranks_of({9, 8, 7}, {0, 1}, {1}), Error);
}

TEST(RankCases, RanksEveryDistinctTargetOnce) {
  EXPECT_EQ(ranks_of({1, 2, 3, 4, 5}, {4}, {0, 3, 0, 3}), (Ranks{1, 4}));
}

TEST(RankCases, GivesTargetsAndListsInOrder) {
  engine::ThreadPool pool(2);
  const TableRecommender model({{3, 1, 2, 2}, {0, 0, 9, 8}});
  const Items seen{2};
  const Items targets{1, 3};
  const std::vector<EvaluationCase> cases{{.user = 0, .history = {}, .targets = targets},
                                          {.user = 1, .history = {.items = seen, .times = {}}, .targets = targets}};
  const RankedCases ranked = rank_cases(model, cases, 3, pool);
  EXPECT_EQ(ranked.model, "table");
  ASSERT_EQ(ranked.size(), 2U);
  EXPECT_EQ(ranked.targets, (Items{3, 1, 3, 1}));
  EXPECT_EQ(ranked.ranks, (Ranks{3, 4, 1, 3}));
  const auto first = ranked.list_of(0);
  EXPECT_EQ(std::vector(first.begin(), first.end()), (std::vector<ScoredItem>{{0, 3}, {2, 2}, {3, 2}}));
  const auto second = ranked.list_of(1);
  EXPECT_EQ(std::vector(second.begin(), second.end()), (std::vector<ScoredItem>{{3, 8}, {0, 0}, {1, 0}}));
}

TEST(RankCases, ListsAreShortWhereTheCatalogueIs) {
  engine::ThreadPool pool(1);
  const TableRecommender model({{1, 2}, {1, 2}});
  const Items seen{1};
  const Items targets{0};
  const EvaluationCase one{.user = 0, .history = {.items = seen, .times = {}}, .targets = targets};
  const RankedCases ranked = rank_cases(model, {&one, 1}, 50, pool);
  EXPECT_EQ(ranked.list_of(0).size(), 1U);
}

TEST(RankCases, OfNobodyIsEmpty) {
  engine::ThreadPool pool(2);
  const TableRecommender model({{1.0F, 2.0F}});
  EXPECT_EQ(rank_cases(model, {}, 5, pool).size(), 0U);
}

TEST(RankCases, RefusesScoresThatCannotBeRanked) {
  for (const float bad :
       {std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
    EXPECT_THROW(ranks_of({1, bad, 3}, {}, {0}), DamagedError);
  }
}

TEST(RankCases, RefusesItemsOutsideTheCatalogue) {
  EXPECT_THROW(ranks_of({1, 2}, {2}, {0}), ShapeError);
  EXPECT_THROW(ranks_of({1, 2}, {}, {2}), ShapeError);
  EXPECT_THROW(ranks_of({1, 2}, {0}, {}), Error);
}

/// Random histories with repeats, ties everywhere.
Dataset random_dataset(std::size_t users, std::size_t items) {
  engine::RandomStream random(11, engine::Purpose::test);
  std::vector<std::vector<ItemIndex>> histories(users);
  for (auto& history : histories) {
    history.resize(random.below(20));
    for (ItemIndex& item : history) item = static_cast<ItemIndex>(random.below(items));
  }
  return test::small_dataset(histories, items);
}

TEST(RankCases, AgreesWithSortingTheCatalogue) {
  const Dataset data = random_dataset(300, 40);
  const ItemKnn model(training_part(data, {}));
  const EvaluationSet judged = judged_cases(test_cases(data, {}), Repeats::forbid);
  const std::vector<EvaluationCase>& cases = judged.cases;
  ASSERT_GT(cases.size(), 150U);
  engine::ThreadPool pool(2);
  const RankedCases ranked = rank_cases(model, cases, 40, pool);
  for (std::size_t c = 0; c < cases.size(); ++c) {
    SCOPED_TRACE(fmt::format("case {}", c));
    std::vector<float> scores(data.catalogue_size());
    model.score({&cases[c].history, 1}, {scores.data(), 1, scores.size()});
    const ItemIndex target = cases[c].targets.front();
    std::vector<std::pair<float, ItemIndex>> order;
    for (ItemIndex item = 0; item < scores.size(); ++item) {
      const auto& seen = cases[c].history.items;
      if (std::count(seen.begin(), seen.end(), item) == 0) order.emplace_back(-scores[item], item);
    }
    std::sort(order.begin(), order.end());
    const auto at = std::find(order.begin(), order.end(), std::pair(-scores[target], target));
    EXPECT_EQ(ranked.ranks_of(c)[0], 1 + (at - order.begin()));
    ASSERT_EQ(ranked.list_of(c).size(), order.size());
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(ranked.list_of(c)[i].item, order[i].second);
  }
}

TEST(RankCases, HasTheSameBitsForAnyNumberOfThreads) {
  const Dataset data = random_dataset(500, 60);
  const ItemKnn model(training_part(data, {}));
  const auto cases = test_cases(data, {});
  engine::ThreadPool one(1);
  engine::ThreadPool many(5);
  const RankedCases a = rank_cases(model, cases, 10, one, Repeats::allow);
  const RankedCases b = rank_cases(model, cases, 10, many, Repeats::allow);
  EXPECT_EQ(a.ranks, b.ranks);
  EXPECT_EQ(a.targets, b.targets);
  EXPECT_EQ(a.offsets, b.offsets);
  EXPECT_EQ(a.lists, b.lists);
  EXPECT_EQ(a.list_offsets, b.list_offsets);
}

}  // namespace
}  // namespace infodiet::recsys
