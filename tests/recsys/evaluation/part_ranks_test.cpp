// Ranks over parts of a catalogue against those over the whole.
#include "recsys/evaluation/part_ranks.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/random.hpp"
#include "engine/tensor.hpp"
#include "recsys/errors.hpp"
#include "tests/support/table_recommender.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t ranked_items = 37;

// Scores of which many are equal.
std::vector<std::vector<float>> coarse_scores(std::size_t rows) {
  engine::RandomStream stream(4, engine::Purpose::test);
  std::vector<std::vector<float>> scores(rows, std::vector<float>(ranked_items));
  for (auto& row : scores) {
    for (float& score : row) score = static_cast<float>(stream.below(6));
  }
  return scores;
}

RankedCases in_parts(const std::vector<std::vector<float>>& scores, std::span<const EvaluationCase> cases,
                     const std::vector<std::size_t>& bounds, const RankQuestion& question) {
  engine::ThreadPool pool(2);
  CaseTargets targets = targets_of(cases);
  for (std::size_t c = 0; c < cases.size(); ++c) {
    for (std::size_t t = targets.offsets[c]; t < targets.offsets[c + 1]; ++t) {
      targets.scores[t] = scores[cases[c].history.size()][targets.items[t]];
    }
  }
  std::vector<PartRanks> parts;
  for (std::size_t p = 0; p + 1 < bounds.size(); ++p) {
    engine::Matrix<float> part;
    part.resize({cases.size(), bounds[p + 1] - bounds[p]});
    for (std::size_t c = 0; c < cases.size(); ++c) {
      const std::vector<float>& row = scores[cases[c].history.size()];
      for (std::size_t item = bounds[p]; item < bounds[p + 1]; ++item) part(c, item - bounds[p]) = row[item];
    }
    parts.push_back(rank_in_part(cases, targets, part, bounds[p], question, pool));
  }
  return merged("table", targets, parts, question);
}

struct Cases {
  std::vector<std::vector<ItemIndex>> histories;
  std::vector<std::vector<ItemIndex>> targets;
  std::vector<EvaluationCase> cases;
};

// The length of the history chooses the row of scores.
Cases some_cases() {
  Cases all;
  for (ItemIndex c = 0; c < 6; ++c) {
    all.histories.emplace_back();
    for (ItemIndex i = 0; i < c; ++i) all.histories.back().push_back(i * 5);
    all.targets.push_back({36, static_cast<ItemIndex>(21 + c), 36, 1});
  }
  for (std::size_t c = 0; c < 6; ++c) {
    all.cases.push_back({.user = c, .history = {all.histories[c], {}}, .targets = all.targets[c]});
  }
  return all;
}

TEST(PartRanks, AreThoseOfTheWholeCatalogueHoweverItIsCut) {
  const Cases all = some_cases();
  const std::vector<std::vector<float>> scores = coarse_scores(6);
  engine::ThreadPool pool(1);
  for (const Repeats repeats : {Repeats::forbid, Repeats::allow}) {
    for (const std::size_t length : {0U, 4U, 100U}) {
      const RankedCases whole = rank_cases(test::TableRecommender(scores), all.cases, length, pool, repeats);
      for (const auto& bounds : std::vector<std::vector<std::size_t>>{{0, 37}, {0, 1, 12, 12, 36, 37}, {0, 20, 37}}) {
        const RankedCases merged_ranks =
            in_parts(scores, all.cases, bounds, {.list_length = length, .repeats = repeats});
        EXPECT_EQ(merged_ranks.offsets, whole.offsets);
        EXPECT_EQ(merged_ranks.targets, whole.targets);
        EXPECT_EQ(merged_ranks.ranks, whole.ranks);
        EXPECT_EQ(merged_ranks.list_offsets, whole.list_offsets);
        EXPECT_TRUE(merged_ranks.lists == whole.lists);
      }
    }
  }
}

TEST(PartRanks, NameTheScoreThatCannotBeRanked) {
  const Cases all = some_cases();
  std::vector<std::vector<float>> scores = coarse_scores(6);
  scores[2][30] = std::nanf("");
  scores[4][2] = std::nanf("");
  try {
    in_parts(scores, all.cases, {0, 20, 37}, {});
    FAIL() << "nothing is thrown";
  } catch (const DamagedError& error) {
    EXPECT_NE(std::string(error.what()).find("item index 30"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace infodiet::recsys
