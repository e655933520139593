#include "rl/policies/rerank.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/errors.hpp"
#include "rl/diet/distribution.hpp"
#include "rl/diet/items.hpp"

namespace infodiet::rl {
namespace {

constexpr std::array<std::array<Topic, 2>, 6> candidate_topics{{{0, 1}, {0, 2}, {0, 1}, {2, 3}, {1, 3}, {2, 1}}};

/// Six candidates of two topics each (four topics), scores falling by position.
std::vector<Candidate> candidates() {
  std::vector<Candidate> items;
  for (std::size_t i = 0; i < candidate_topics.size(); ++i) {
    items.push_back({.score = 10 - static_cast<double>(i), .topics = candidate_topics[i]});
  }
  return items;
}

std::vector<Position> in_order(std::size_t size) {
  std::vector<Position> slate(size);
  std::iota(slate.begin(), slate.end(), Position{0});
  return slate;
}

TEST(Rerank, RelevanceAloneIsGreedy) {
  const auto items = candidates();
  const std::vector<double> interest(4, 0.25);
  std::vector<Position> slate(4);
  mmr_slate(items, 1, slate);
  EXPECT_EQ(slate, in_order(4));
  calibrated_slate(items, interest, 0, slate);
  EXPECT_EQ(slate, in_order(4));
}

// By hand with weight one half: relevance 1, .8, .6, .4, .2, 0. After item 0 the similarities are 1/3 (1), 1 (2), 0
// (3), 1/3 (4), 1/3 (5): the marginal relevances .233, -.2, .2, -.067, -.167, so item 1 and then, since it is close to
// 3, ...
TEST(Rerank, MmrFollowsItsFormula) {
  std::vector<Position> slate(3);
  mmr_slate(candidates(), 0.5, slate);
  EXPECT_EQ(slate[0], 0U);
  EXPECT_EQ(slate[1], 1U);
  EXPECT_EQ(slate[2], 3U) << "2 is item 0 again; 3 is one third like item 1: (.4 - 1/3) / 2 against (.2 - 1/3) / 2";
  mmr_slate(candidates(), 0.1, slate);
  EXPECT_EQ(slate[1], 3U) << "nothing in common with item 0";
}

/// log det of L over a slate, by Cholesky.
double log_determinant(const std::vector<Candidate>& items, double scale, const std::vector<Position>& slate) {
  const std::size_t n = slate.size();
  std::vector<double> l(n * n);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double qi = std::exp(scale * (items[slate[i]].score - 5) / 5);
      const double qj = std::exp(scale * (items[slate[j]].score - 5) / 5);
      double entry = qi * qj * *topic_similarity(items[slate[i]], items[slate[j]]);
      for (std::size_t k = 0; k < j; ++k) entry -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = i == j ? std::sqrt(entry) : entry / l[j * n + j];
    }
    sum += 2 * std::log(l[i * n + i]);
  }
  return sum;
}

TEST(Rerank, DppAddsWhatRaisesTheDeterminantMost) {
  const auto items = candidates();
  const double weight = 0.6;
  const double scale = weight / (2 * (1 - weight));
  std::vector<Position> slate(4);
  dpp_slate(items, weight, slate);
  for (std::size_t size = 1; size <= 4; ++size) {
    const std::vector<Position> chosen(slate.begin(), slate.begin() + static_cast<std::ptrdiff_t>(size));
    const double reached = log_determinant(items, scale, chosen);
    for (Position other = 0; other < 6; ++other) {
      std::vector<Position> instead = chosen;
      instead.back() = other;
      const bool repeats = std::count(chosen.begin(), chosen.end() - 1, other) > 0;
      const bool twin =
          std::count(chosen.begin(), chosen.end() - 1, other == 2 ? 0U : 2U) > 0 && (other == 0 || other == 2);
      if (!repeats && !twin) {
        EXPECT_LE(log_determinant(items, scale, instead), reached + 1e-9) << "size " << size;
      }
    }
  }
}

TEST(Rerank, DppLeavesTwinsForLast) {
  std::vector<Position> slate(6);
  dpp_slate(candidates(), 0.9, slate);
  EXPECT_EQ(slate.back(), 2U) << "item 2 has the topics of item 0";
  EXPECT_NO_THROW(check_slate(slate, 6, 6));
}

TEST(Rerank, CalibrationTakesTheBestNextItemByItsFormula) {
  const auto items = candidates();
  const std::vector<double> interest{0.1, 0.2, 0.3, 0.4};
  std::vector<Position> slate(3);
  calibrated_slate(items, interest, 0.7, slate);
  const auto value = [&](const std::vector<Position>& positions) {
    std::vector<Candidate> list;
    double relevance = 0;
    for (const Position p : positions) {
      list.push_back(items[p]);
      relevance += (items[p].score - 5) / 5;
    }
    return 0.3 * relevance - 0.7 * steck_divergence(interest, *topic_shares(list, 4));
  };
  for (std::size_t size = 1; size <= 3; ++size) {
    std::vector<Position> chosen(slate.begin(), slate.begin() + static_cast<std::ptrdiff_t>(size));
    const double reached = value(chosen);
    for (Position other = 0; other < 6; ++other) {
      std::vector<Position> instead = chosen;
      instead.back() = other;
      if (std::count(chosen.begin(), chosen.end() - 1, other) == 0) {
        EXPECT_LE(value(instead), reached + 1e-12);
      }
    }
  }
}

TEST(Rerank, MoreBalanceIsMoreCalibrated) {
  const auto items = candidates();
  const std::vector<double> interest{0, 0, 0.5, 0.5};
  double last = 10;
  for (const double weight : {0.0, 0.5, 1.0}) {
    std::vector<Position> slate(2);
    calibrated_slate(items, interest, weight, slate);
    const std::vector<Candidate> list{items[slate[0]], items[slate[1]]};
    const double divergence = steck_divergence(interest, *topic_shares(list, 4));
    EXPECT_LE(divergence, last);
    last = divergence;
  }
  EXPECT_LT(last, 0.35);
}

TEST(Rerank, WorksWithoutTopicsAndRefusesLargeSlates) {
  std::vector<Candidate> items(3);
  items[1].score = 1;
  std::vector<Position> slate(2);
  mmr_slate(items, 0.5, slate);
  EXPECT_EQ(slate, (std::vector<Position>{1, 0}));
  dpp_slate(items, 0.5, slate);
  EXPECT_EQ(slate, (std::vector<Position>{1, 0}));
  calibrated_slate(items, std::vector<double>{0.5, 0.5}, 0.5, slate);
  EXPECT_EQ(slate, (std::vector<Position>{1, 0}));
  std::vector<Position> large(4);
  EXPECT_THROW(mmr_slate(items, 0.5, large), ShapeError);
  EXPECT_THROW(dpp_slate(items, 0.5, large), ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
