#include "recsys/reasons/explanation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/errors.hpp"

namespace infodiet::recsys {
namespace {

// Item 0 scores the sum of its neighbours in the history, item 1 scores once for any of items 4 and 5.
class Known final : public Recommender {
 public:
  std::string name() const override { return "known"; }
  std::size_t catalogue_size() const override { return 6; }
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override {
    for (std::size_t b = 0; b < histories.size(); ++b) {
      std::fill_n(scores.row(b), scores.cols, 0.0F);
      bool either = false;
      for (const ItemIndex item : histories[b].items) {
        scores.row(b)[0] += static_cast<float>(item);
        either = either || item >= 4;
      }
      scores.row(b)[1] = either ? 10.0F : 0.0F;
    }
  }
};

const std::vector<ItemIndex> explained_items = {2, 5, 3, 4};
const History explained_history{explained_items, {}};

TEST(Explanation, ScoreDropsAreWhatTheScoreLoses) {
  engine::ThreadPool pool(2);
  const std::vector<std::size_t> positions = {0, 1, 3};
  const std::vector<ItemIndex> candidates = {0, 1};
  const engine::Matrix<float> drops = score_drops(Known(), pool, explained_history, positions, candidates);
  ASSERT_EQ(drops.shape(0), 3U);
  for (std::size_t p = 0; p < positions.size(); ++p) {
    EXPECT_EQ(drops(p, 0), static_cast<float>(explained_items[positions[p]]));
    EXPECT_EQ(drops(p, 1), 0) << "the other one still carries it";
  }
}

TEST(Explanation, ReasonsComeInTheOrderOfWhatTheyCost) {
  engine::ThreadPool pool(1);
  const std::vector<Reason> found = reasons(Known(), pool, explained_history, 0, 3);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].position, 1U);
  EXPECT_EQ(found[1].position, 3U);
  EXPECT_EQ(found[2].position, 2U);
  for (const Reason& reason : found) EXPECT_EQ(reason.contribution, reason.score_drop);
  for (const Reason& reason : found) {
    EXPECT_DOUBLE_EQ(reason.share, reason.score_drop / 14) << "of all four, though three were asked for";
  }
}

TEST(Explanation, SeesWhatOnlyCountsTogether) {
  engine::ThreadPool pool(1);
  const std::vector<Reason> found = reasons(Known(), pool, explained_history, 1, 4);
  ASSERT_EQ(found.size(), 4U);
  double total = 0;
  for (const Reason& reason : found) {
    EXPECT_EQ(reason.score_drop, 0);
    EXPECT_EQ(reason.share, 0);
    total += reason.contribution;
  }
  EXPECT_EQ(total, 10) << "contributions add up to what the score loses in all";
}

TEST(Explanation, OfALongHistoryAddsUpToo) {
  engine::ThreadPool pool(2);
  std::vector<ItemIndex> many;
  for (std::size_t i = 0; i < 60; ++i) many.push_back(static_cast<ItemIndex>(i % 4));
  const std::vector<Reason> found = reasons(Known(), pool, {many, {}}, 0, 1000);
  ASSERT_EQ(found.size(), 60U);
  double total = 0;
  std::vector<bool> named(60, false);
  for (const Reason& reason : found) {
    total += reason.contribution;
    named[reason.position] = true;
  }
  EXPECT_EQ(total, 90);
  EXPECT_EQ(std::count(named.begin(), named.end(), true), 60);
  EXPECT_TRUE(reasons(Known(), pool, {}, 0, 3).empty());
}

TEST(Explanation, RefusesPositionsAndCandidatesThatDoNotExist) {
  engine::ThreadPool pool(1);
  const std::vector<std::size_t> beyond = {4};
  const std::vector<ItemIndex> known = {0};
  const std::vector<ItemIndex> unknown = {6};
  EXPECT_THROW(score_drops(Known(), pool, explained_history, beyond, known), ShapeError);
  EXPECT_THROW(score_drops(Known(), pool, explained_history, {}, unknown), ShapeError);
}

}  // namespace
}  // namespace infodiet::recsys
