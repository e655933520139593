#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "engine/errors.hpp"
#include "rl/diet/distribution.hpp"
#include "rl/diet/items.hpp"
#include "rl/diet/people.hpp"
#include "rl/diet/rarefied.hpp"
#include "rl/diet/stretches.hpp"
#include "tests/rl/topics.hpp"
#include "tests/support/npy.hpp"

namespace infodiet::rl {
namespace {

TEST(DietDistribution, EvenAndConcentratedSharesAreTheExtremes) {
  const std::vector<double> even(4, 0.25);
  const std::vector<double> single{0, 1, 0, 0};
  EXPECT_DOUBLE_EQ(effective_topics(even), 4);
  EXPECT_DOUBLE_EQ(effective_topics(single), 1);
  EXPECT_DOUBLE_EQ(simpson(even), 0.75);
  EXPECT_DOUBLE_EQ(simpson(single), 0);
  EXPECT_DOUBLE_EQ(coverage(even), 1);
  EXPECT_DOUBLE_EQ(coverage(single), 0.25);
  EXPECT_DOUBLE_EQ(majority_share(single), 1);
}

// By hand: H = ln 2 / 2 + 2 (ln 4 / 4) = 3/2 ln 2.
TEST(DietDistribution, AgreesWithHandComputedValues) {
  const std::vector<double> shares{0.5, 0.25, 0.25};
  EXPECT_NEAR(effective_topics(shares), std::pow(2, 1.5), 1e-14);
  EXPECT_DOUBLE_EQ(simpson(shares), 1 - 0.25 - 2 * 0.0625);
}

TEST(DietDistribution, SteckDivergence) {
  const std::vector<double> interest{0.5, 0.5, 0};
  EXPECT_DOUBLE_EQ(steck_divergence(interest, interest), 0);
  EXPECT_NEAR(steck_divergence(interest, std::vector<double>{1, 0, 0}),
              0.5 * std::log(0.5 / 0.995) + 0.5 * std::log(0.5 / 0.005), 1e-14);
  EXPECT_NEAR(steck_divergence(interest, std::vector<double>{0, 0, 1}), std::log(100), 1e-12);
  EXPECT_THROW(steck_divergence(interest, std::vector<double>{1}), ShapeError);
}

TEST(DietDistribution, RootJensenShannonIsASymmetricDistance) {
  const std::vector<double> p{0.7, 0.2, 0.1};
  const std::vector<double> q{0.1, 0.3, 0.6};
  EXPECT_NEAR(root_jensen_shannon(p, p), 0, 1e-8);
  EXPECT_DOUBLE_EQ(root_jensen_shannon(p, q), root_jensen_shannon(q, p));
  // Disjoint sides: each is .999 of its own and .001 of the other, so JSD = 1 - H2(.001), H2 the binary entropy.
  const double entropy = -0.001 * std::log2(0.001) - 0.999 * std::log2(0.999);
  EXPECT_NEAR(root_jensen_shannon(std::vector<double>{1, 0}, std::vector<double>{0, 1}), std::sqrt(1 - entropy), 1e-12);
}

TEST(DietItems, TopicSharesSplitItemsAndSkipTheUnknown) {
  const std::vector<Candidate> items{test::about(test::topic_0), test::about(test::topics_0_and_1), test::about({}),
                                     test::about(test::topic_0)};
  EXPECT_EQ(topic_shares(items, 2), (std::vector<double>{2.5 / 3, 0.5 / 3}));
  const double weight = 1 + 0.5 + 0.25;
  const auto by_rank = topic_shares(items, 2, ListWeights::by_rank);
  ASSERT_TRUE(by_rank);
  EXPECT_NEAR((*by_rank)[1], 0.25 / weight, 1e-15);
  EXPECT_EQ(topic_shares(std::vector<Candidate>{test::about({})}, 2), std::nullopt);
  EXPECT_THROW(topic_shares(items, 1), ShapeError);
}

TEST(DietItems, DiversityIsOverThePairsThatAreKnown) {
  EXPECT_EQ(topic_similarity(test::about(test::topic_0), test::about(test::topics_0_and_1)), 0.5);
  EXPECT_EQ(topic_similarity(test::about(test::topic_0), test::about({})), std::nullopt);
  EXPECT_EQ(intra_list_diversity(std::vector<Candidate>{test::about(test::topic_0), test::about(test::topics_0_and_1),
                                                        test::about({}), test::about(test::topic_1)}),
            (0.5 + 0.5 + 1) / 3);
  EXPECT_EQ(intra_list_diversity(std::vector<Candidate>{test::about(test::topic_0), test::about({})}), std::nullopt);
}

TEST(DietItems, MeansAreOverWhatIsKnown) {
  std::vector<Candidate> items(3);
  EXPECT_EQ(nutrition(items), std::nullopt);
  EXPECT_EQ(sugar(items), std::nullopt);
  EXPECT_EQ(mean_novelty(items), std::nullopt);
  items[0].quality = -1;
  items[2].quality = 0.5;
  items[1].clickbait = 0.25;
  items[1].popularity = 0.125;
  items[2].popularity = 0.5;
  EXPECT_EQ(nutrition(items), -0.25);
  EXPECT_EQ(sugar(items), 0.25);
  EXPECT_EQ(mean_novelty(items), 2.0);
}

TEST(DietItems, OverloadIsTheShareBeyondAttention) {
  EXPECT_EQ(overload(40, 30), 0.25);
  EXPECT_EQ(overload(20, 30), 0.0);
  EXPECT_EQ(overload(0, 30), std::nullopt);
}

// Pool: two of topic 0, one of topic 1. The ideal of two alternates: 1 + 1 / log2(3).
TEST(DietItems, AlphaNdcgDiscountsRepetition) {
  const std::vector<Candidate> pool{test::about(test::topic_0), test::about(test::topic_0), test::about(test::topic_1)};
  const std::vector<Candidate> varied{pool[0], pool[2]};
  const std::vector<Candidate> repeated{pool[0], pool[1]};
  EXPECT_NEAR(*alpha_ndcg(varied, pool), 1, 1e-15);
  const double second = 1 / std::log2(3);
  EXPECT_NEAR(*alpha_ndcg(repeated, pool), (1 + 0.5 * second) / (1 + second), 1e-15);
  EXPECT_NEAR(*alpha_ndcg(repeated, pool, std::vector<double>{1, 0}), 1, 1e-15) << "only topic 0 is of interest";
  EXPECT_EQ(alpha_ndcg(repeated, pool, std::vector<double>{0, 0}), std::nullopt);
}

TEST(DietPeople, FragmentationIsTheMeanDistanceOfPairs) {
  const std::vector<double> left{1, 0};
  const std::vector<double> right{0, 1};
  const double apart = root_jensen_shannon(left, right);
  EXPECT_NEAR(*fragmentation(std::vector{left, left, right}), 2 * apart / 3, 1e-9);
  EXPECT_EQ(fragmentation(std::vector<std::vector<double>>{left}), std::nullopt);
}

// Narrowness of even is 0 and of single 1/2: 0, 1/2, 0, 1/2 at -1.5 .. 1.5 has slope .1 and leaves .2 over.
TEST(DietPeople, BubbleIndexIsTheSlopeOfNarrowness) {
  const std::vector<double> even{0.5, 0.5};
  const std::vector<double> single{1, 0};
  const auto index = bubble_index(std::vector{even, single, even, single});
  EXPECT_NEAR(index->slope, 0.1, 1e-15);
  EXPECT_NEAR(index->error, std::sqrt(0.2 / 2 / 5), 1e-15);
  EXPECT_NEAR(bubble_index(std::vector{single, single, even, even})->slope, -0.2, 1e-15);
  EXPECT_NEAR(bubble_index(std::vector{even, even, even, even})->slope, 0, 1e-15);
  EXPECT_EQ(bubble_index(std::vector{even, single, even}), std::nullopt) << "three windows are noise";
  EXPECT_THROW(bubble_index(std::vector{even, even, even, std::vector<double>{1}}), ShapeError);
}

TEST(Rarefied, AgreesWithGoldenValues) {
  const std::string folder = std::string(INFODIET_GOLDEN) + "/rarefied_hill/";
  const test::NpyArray golden = test::read_npy(folder + "counts.npy");
  const std::vector<std::uint32_t> counts(golden.values.begin(), golden.values.end());
  const test::NpyArray draws = test::read_npy(folder + "m.npy");
  const test::NpyArray hill = test::read_npy(folder + "hill.npy");
  for (std::size_t row = 0; row < draws.values.size(); ++row) {
    const auto m = static_cast<std::size_t>(draws.values[row]);
    EXPECT_NEAR(rarefied_topics(counts, m), hill.values[3 * row], 1e-12) << m;
    EXPECT_NEAR(rarefied_effective_topics(counts, m), hill.values[3 * row + 1], 1e-12) << m;
  }
  EXPECT_THROW(rarefied_topics(counts, 0), ShapeError);
  EXPECT_THROW(rarefied_effective_topics(counts, 1000), ShapeError);
}

TEST(Stretches, AreOfTheLatestItemsAndPassOverTheUnknown) {
  const std::vector<Candidate> items{
      test::about(test::topic_1), test::about(test::topic_0), test::about({}),
      test::about(test::topic_0), test::about(test::topic_0), test::about(test::topic_1)};
  const Stretches stretches = stretches_of(items, 2, 2);
  EXPECT_EQ(stretches.count, 2U);
  EXPECT_NEAR(*stretches.effective_topics, (2.0 + 1.0) / 2, 1e-12) << "(zero, one) and (zero, zero)";
  EXPECT_NEAR(*stretches.coverage, 0.75, 1e-12);
  EXPECT_NEAR(*stretches.majority_share, 0.75, 1e-12);
  EXPECT_NEAR(*stretches.intra_list_diversity, 0.5, 1e-12);
  EXPECT_EQ(stretches_of(items, 2, 6).effective_topics, std::nullopt);
}

}  // namespace
}  // namespace infodiet::rl
