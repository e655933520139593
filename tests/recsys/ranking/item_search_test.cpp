// Search against a full sort: both search methods, few queries and many, catalogues of more than one part.
#include "recsys/ranking/item_search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "engine/errors.hpp"
#include "engine/layers/l2_normalise.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::recsys {
namespace {

using test::random_matrix;
using Lists = std::vector<std::vector<ScoredItem>>;

/// The k best by exact sums in double; scores are rounded to float.
std::vector<ItemIndex> sorted_best(const engine::Matrix<float>& items, const ItemSearch::Query& query, std::size_t k) {
  std::vector<double> scores(items.shape(0), 0.0);
  for (std::size_t item = 0; item < scores.size(); ++item) {
    for (std::size_t d = 0; d < items.shape(1); ++d) {
      scores[item] += static_cast<double>(items(item, d)) * static_cast<double>(query.vector[d]);
    }
  }
  std::vector<ItemIndex> order(scores.size());
  std::iota(order.begin(), order.end(), 0U);
  std::erase_if(order, [&](ItemIndex item) {
    const Allowed& allowed = query.allowed;
    return std::find(allowed.excluded.begin(), allowed.excluded.end(), item) != allowed.excluded.end() ||
           (!allowed.mask.empty() && allowed.mask[item] == 0);
  });
  std::stable_sort(order.begin(), order.end(), [&](ItemIndex a, ItemIndex b) { return scores[a] > scores[b]; });
  order.resize(std::min(k, order.size()));
  return order;
}

std::vector<ItemIndex> items_of(const std::vector<ScoredItem>& list) {
  std::vector<ItemIndex> items;
  for (const ScoredItem& one : list) items.push_back(one.item);
  return items;
}

Lists search(const ItemSearch& search, std::span<const ItemSearch::Query> queries, std::size_t k,
             std::size_t threads = 2) {
  engine::ThreadPool pool(threads);
  Lists lists;
  search.search(pool, queries, k, lists);
  return lists;
}

// Small integers, exact in any order of summation, with many equal scores.
engine::Matrix<float> small_integers(std::size_t rows, std::size_t cols, std::uint32_t index) {
  engine::RandomStream stream(3, engine::Purpose::test, 0, index);
  engine::Matrix<float> m;
  m.resize({rows, cols});
  for (float& x : m) x = static_cast<float>(stream.below(7)) - 3;
  return m;
}

ItemSearch over(const engine::Matrix<float>& table, Prefilter look = Prefilter::none) {
  return ItemSearch(engine::MatrixSpan<const float>(table), look);
}

TEST(ItemSearch, FindsWhatSortingFindsHoweverItLooks) {
  const std::vector<ItemIndex> seen = {5, 1, 70001, 5};
  for (const auto& [items, width] : {std::pair{70'003U, 6U}, {1'000U, 64U}, {257U, 33U}, {3U, 1U}}) {
    SCOPED_TRACE(testing::Message() << items << " items of width " << width);
    const engine::Matrix<float> table = small_integers(items, width, 1);
    const engine::Matrix<float> vectors = small_integers(70, width, 2);
    std::vector<ItemSearch::Query> queries;
    std::vector<std::uint8_t> every_third(items, 0);
    for (std::size_t item = 0; item < items; item += 3) every_third[item] = 1;
    for (std::size_t q = 0; q < vectors.shape(0); ++q) {
      queries.push_back({.vector = {&vectors(q, 0), width}});
      if (q % 2 == 0) queries.back().allowed.excluded = seen;
      if (q % 3 == 0) queries.back().allowed.mask = every_third;
    }
    const ItemSearch by_vectors = over(table);
    const ItemSearch by_integers = over(table, Prefilter::quantised);
    const Lists together = search(by_vectors, queries, 10);
    for (std::size_t q = 0; q < queries.size(); q += 9) {
      const std::vector<ItemIndex> expected = sorted_best(table, queries[q], 10);
      const std::span<const ItemSearch::Query> alone(&queries[q], 1);
      EXPECT_EQ(items_of(together[q]), expected) << "query " << q;
      EXPECT_EQ(items_of(search(by_vectors, alone, 10)[0]), expected) << "query " << q;
      EXPECT_EQ(items_of(search(by_integers, alone, 10)[0]), expected) << "query " << q;
    }
  }
}

// Vectors whose norms span orders of magnitude, where a bound that is too low would lose items.
TEST(ItemSearch, LosesNothingToRounding) {
  for (std::uint32_t round = 0; round < 20; ++round) {
    SCOPED_TRACE(testing::Message() << "round " << round);
    engine::Matrix<float> table = random_matrix<float>(5'000, 32, round);
    for (std::size_t item = 0; item < table.shape(0); ++item) {
      const float size = std::exp(0.002F * static_cast<float>(item * 7919 % 5'000));
      for (std::size_t d = 0; d < 32; ++d) table(item, d) *= size;
    }
    const engine::Matrix<float> vector = random_matrix<float>(1, 32, 100 + round);
    const ItemSearch::Query query{.vector = {vector.data(), 32}};
    EXPECT_EQ(search(over(table, Prefilter::quantised), {&query, 1}, 25), search(over(table), {&query, 1}, 25));
  }
}

TEST(ItemSearch, AllowsAnyNumberOfItemsQueriesAndThreads) {
  const engine::Matrix<float> table = random_matrix<float>(200'000, 8, 1);
  const engine::Matrix<float> vectors = random_matrix<float>(5, 8, 2);
  std::vector<ItemSearch::Query> queries;
  for (std::size_t q = 0; q < 5; ++q) queries.push_back({.vector = {&vectors(q, 0), 8}});
  for (const Prefilter look : {Prefilter::none, Prefilter::quantised}) {
    const ItemSearch all = over(table, look);
    EXPECT_TRUE(search(all, {}, 10).empty());
    EXPECT_TRUE(search(all, queries, 0)[3].empty());
    EXPECT_EQ(search(all, queries, 7, 1), search(all, queries, 7, 3));
    EXPECT_EQ(search(all, std::span(queries).first(1), 7, 1), search(all, std::span(queries).first(1), 7, 3));
    EXPECT_EQ(search(all, std::span(queries).first(1), 300'000)[0].size(), 200'000U);
    engine::Matrix<float> none;
    none.resize({0, 8});
    EXPECT_TRUE(search(over(none, look), queries, 10)[0].empty());
    ItemSearch::Query other{.vector = {vectors.data(), 7}};
    EXPECT_THROW(search(all, {&other, 1}, 3), ShapeError);
  }
  engine::Matrix<float> zeros;
  zeros.resize({600, 8});
  std::fill(zeros.begin(), zeros.end(), 0.0F);
  EXPECT_EQ(items_of(search(over(zeros, Prefilter::quantised), std::span(queries).first(1), 3)[0]),
            (std::vector<ItemIndex>{0, 1, 2}));
}

TEST(ItemSearch, FindsInVectorsOfLengthOneWhatATableOfThemHas) {
  engine::Matrix<float> table = random_matrix<float>(20'001, 24, 3);
  std::fill_n(&table(7, 0), 24, 0.0F);
  engine::Matrix<float> normalised;
  engine::L2Normalise<float>::Cache norms;
  engine::L2Normalise<float>().forward(table, norms, normalised);
  const engine::Matrix<float> vectors = random_matrix<float>(70, 24, 4);
  std::vector<ItemSearch::Query> queries;
  for (std::size_t q = 0; q < vectors.shape(0); ++q) queries.push_back({.vector = {&vectors(q, 0), 24}});
  for (const Prefilter look : {Prefilter::none, Prefilter::quantised}) {
    const ItemSearch as_wanted(ItemVectors::of_length_one(table), look);
    EXPECT_EQ(search(as_wanted, queries, 10), search(over(normalised, look), queries, 10));
    const std::span<const ItemSearch::Query> alone(queries.data(), 1);
    EXPECT_EQ(search(as_wanted, alone, 10), search(over(normalised, look), alone, 10));
  }
}

TEST(ItemVectors, AreSubstitutedOneByOne) {
  engine::Matrix<float> table = random_matrix<float>(5, 3, 3);
  ItemVectors vectors(table);
  vectors.substitute({.items = {1, 4}, .rows = {0, 0}, .vectors = random_matrix<float>(1, 3, 9)});
  const engine::Matrix<float> other = random_matrix<float>(1, 3, 9);
  engine::Matrix<float> scratch;
  const engine::MatrixSpan<const float> rows = vectors.rows(1, 4, scratch);
  for (std::size_t d = 0; d < 3; ++d) {
    EXPECT_EQ(rows.row(0)[d], other(0, d));
    EXPECT_EQ(rows.row(1)[d], table(2, d));
    EXPECT_EQ(rows.row(3)[d], other(0, d));
  }
  EXPECT_EQ(vectors.rows(2, 2, scratch).rows, 2U);
}

}  // namespace
}  // namespace infodiet::recsys
