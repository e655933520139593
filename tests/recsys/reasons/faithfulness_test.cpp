#include "recsys/reasons/faithfulness.hpp"

#include <gtest/gtest.h>

#include "recsys/errors.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t faithful_items = 40;

BlendedModel model_that_reads(std::size_t max_length) {
  const AttentionConfig config{.width = 8, .blocks = 1, .heads = 1, .ffn_width = 8, .max_length = max_length};
  AttentionWeights weights = initial_weights(config, faithful_items, 3);
  for (float& value : weights.items) value *= 20;
  return {std::make_shared<const AttentionModel>(config, std::move(weights)), Blend{}};
}

class Faithful : public testing::Test {
 protected:
  Faithful() {
    for (std::size_t user = 0; user < 6; ++user) {
      for (std::size_t i = 0; i < 14; ++i)
        items_.push_back(static_cast<ItemIndex>((7 * user + 5 * i) % faithful_items));
    }
    for (std::size_t user = 0; user < 6; ++user) histories_.push_back({std::span(items_).subspan(14 * user, 14), {}});
  }

  std::vector<ItemIndex> items_;
  std::vector<History> histories_;
  engine::ThreadPool pool_{1};
};

TEST_F(Faithful, TakesReasonsOutFirstToMoreLossThanChance) {
  const Faithfulness measured = measure_faithfulness(model_that_reads(14), pool_, histories_);
  EXPECT_EQ(measured.people, 6U);
  EXPECT_EQ(measured.removed, (std::vector<std::size_t>{1, 2, 3, 5, 10}));
  ASSERT_EQ(measured.curves.size(), removal_order_names.size());
  const FaithfulnessCurve& reasons = measured.curves.front();
  const FaithfulnessCurve& random = measured.curves.back();
  ASSERT_EQ(reasons.drop.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_GT(reasons.drop[i], random.drop[i]);
  EXPECT_EQ(reasons.drop[0], measured.curves[1].drop[0]) << "the first is the one with the highest score drop";
}

TEST_F(Faithful, TakesNoMoreOutThanTheModelReads) {
  const Faithfulness measured = measure_faithfulness(model_that_reads(4), pool_, histories_);
  EXPECT_EQ(measured.removed, (std::vector<std::size_t>{1, 2, 3}));
  for (const FaithfulnessCurve& curve : measured.curves) EXPECT_EQ(curve.drop.size(), 3U);
  EXPECT_THROW(measure_faithfulness(model_that_reads(1), pool_, histories_), DataError);
}

TEST_F(Faithful, LeavesOutWhoeverHasNothingLeftToBeRecommended) {
  std::vector<ItemIndex> everything;
  for (std::size_t item = 0; item < faithful_items; ++item) everything.push_back(static_cast<ItemIndex>(item));
  histories_.push_back({everything, {}});
  EXPECT_EQ(measure_faithfulness(model_that_reads(14), pool_, histories_).people, 6U);
  const std::vector<History> crawler = {{everything, {}}};
  EXPECT_THROW(measure_faithfulness(model_that_reads(14), pool_, crawler), DataError);
}

TEST_F(Faithful, HasTheSameBitsForAnyNumberOfThreads) {
  engine::ThreadPool three(3);
  const BlendedModel model = model_that_reads(12);
  const Faithfulness one = measure_faithfulness(model, pool_, histories_, {.seed = 5});
  const Faithfulness other = measure_faithfulness(model, three, histories_, {.seed = 5});
  for (std::size_t c = 0; c < one.curves.size(); ++c) {
    EXPECT_EQ(one.curves[c].drop, other.curves[c].drop);
    EXPECT_EQ(one.curves[c].standard_error, other.curves[c].standard_error);
  }
}

}  // namespace
}  // namespace infodiet::recsys
