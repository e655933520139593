#include "rl/agent/age_bias.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "engine/errors.hpp"

namespace infodiet::rl {
namespace {

using engine::Matrix;
using engine::ScoreTile;

constexpr std::size_t history_steps = 5;
constexpr QuerySteps queries{.first_step = 1, .each = 2};  // of steps 1 to 4
constexpr std::size_t query_rows = 8;
constexpr double score_before = 0.25;
constexpr double infinity = std::numeric_limits<double>::infinity();

// Written out by step: rows 0 and 1 ask at step 1, 2 and 3 at step 2, and so on.
double expected(const std::vector<double>& by_age, std::size_t row, std::size_t key) {
  const std::size_t step = 1 + row / 2;
  return key > step ? -infinity : score_before + by_age[step - key];
}

TEST(AgeBias, GivesEveryHeadItsSlopeAndWeightByAge) {
  engine::ParameterLayout layout;
  const AgeBias<double> bias(layout, "age", 3);
  engine::Parameters<double> parameters(layout);
  Matrix<double> by_age;
  bias.forward(parameters, history_steps, by_age);
  ASSERT_EQ(by_age.shape(0), 3U);
  for (std::size_t age = 0; age < history_steps; ++age) {
    const auto ago = static_cast<double>(age);
    EXPECT_DOUBLE_EQ(by_age(0, age), -ago);
    EXPECT_DOUBLE_EQ(by_age(1, age), -ago / 2);
    EXPECT_DOUBLE_EQ(by_age(2, age), -ago / 4);
  }
}

TEST(AgeBias, AddsToTheScoresInTilesOfAnySize) {
  const std::vector<double> by_age{1, 2, 4, 8, 16};
  const AgeBias<double>::Term term(queries, by_age, nullptr);
  term.require(query_rows, history_steps);
  engine::Workspace<double> workspace;
  for (const std::size_t tile_rows : {1, 3, 8}) {
    for (const std::size_t tile_keys : {1, 2, 5}) {
      for (std::size_t query = 0; query < query_rows; query += tile_rows) {
        for (std::size_t key = 0; key < history_steps; key += tile_keys) {
          const ScoreTile tile{query, std::min(tile_rows, query_rows - query), key,
                               std::min(tile_keys, history_steps - key)};
          Matrix<double> scores;
          scores.resize({tile.queries, tile.keys});
          scores.fill(score_before);
          term.add(tile, {scores.data(), tile.queries, tile.keys}, workspace);
          for (std::size_t r = 0; r < tile.queries; ++r) {
            for (std::size_t k = 0; k < tile.keys; ++k) {
              EXPECT_EQ(scores(r, k), expected(by_age, query + r, key + k)) << query + r << ' ' << key + k;
            }
          }
        }
      }
    }
  }
}

TEST(AgeBias, SumsTheGradientOfEveryAge) {
  const std::vector<double> by_age(history_steps, 0);
  std::vector<double> dby_age(history_steps, 0);
  const AgeBias<double>::Term term(queries, by_age, dby_age.data());
  engine::Workspace<double> workspace;
  Matrix<double> dscores;
  dscores.resize({query_rows, history_steps});
  std::vector<double> sums(history_steps, 0);
  for (std::size_t r = 0; r < query_rows; ++r) {
    for (std::size_t k = 0; k < history_steps; ++k) {
      const std::size_t step = 1 + r / 2;
      dscores(r, k) = k > step ? 0 : static_cast<double>(10 * r + k);
      if (k <= step) sums[step - k] += dscores(r, k);
    }
  }
  term.backward({0, query_rows, 0, history_steps}, {dscores.data(), query_rows, history_steps}, workspace);
  EXPECT_EQ(dby_age, sums);
}

TEST(AgeBias, NamesWhatDoesNotFit) {
  const std::vector<double> by_age(3, 0);
  const AgeBias<double>::Term term(queries, by_age, nullptr);
  EXPECT_THROW(term.require(7, history_steps), ShapeError);           // half a step
  EXPECT_THROW(term.require(query_rows, 4), ShapeError);              // a key is missing
  EXPECT_THROW(term.require(query_rows, history_steps), ShapeError);  // an age is missing
}

}  // namespace
}  // namespace infodiet::rl
