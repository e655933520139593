#include "recsys/attention/cold_models.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/random.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t shelf_items = 40;
constexpr std::size_t shelf_topics = 4;
constexpr std::size_t shelf_dimensions = 6;

// People who stay with one of four topics, to which item v % 4 belongs.
Dataset readers() {
  engine::RandomStream random(3, engine::Purpose::test);
  std::vector<std::vector<ItemIndex>> histories(160);
  for (std::size_t user = 0; user < histories.size(); ++user) {
    for (std::size_t i = 0; i < 8; ++i) {
      histories[user].push_back(
          static_cast<ItemIndex>(shelf_topics * random.below(shelf_items / shelf_topics) + user % shelf_topics));
    }
  }
  return test::small_dataset(histories, shelf_items);
}

// The topic's direction, with noise, scaled to length 1.
engine::Matrix<float> topic_vectors() {
  engine::RandomStream random(4, engine::Purpose::test);
  engine::Matrix<float> directions;
  directions.resize({shelf_topics, shelf_dimensions});
  for (float& value : directions) value = static_cast<float>(random.normal());
  engine::Matrix<float> vectors;
  vectors.resize({shelf_items, shelf_dimensions});
  for (std::size_t item = 0; item < shelf_items; ++item) {
    double squares = 0;
    for (std::size_t d = 0; d < shelf_dimensions; ++d) {
      vectors(item, d) = directions(item % shelf_topics, d) + static_cast<float>(0.3 * random.normal());
      squares += vectors(item, d) * vectors(item, d);
    }
    for (std::size_t d = 0; d < shelf_dimensions; ++d) vectors(item, d) /= static_cast<float>(std::sqrt(squares));
  }
  return vectors;
}

// How often the target scores above another cold item; ties count half.
double share_beaten(const ColdStart& split, const Recommender& model) {
  std::vector<float> scores(shelf_items);
  double beaten = 0;
  double all = 0;
  for (const EvaluationCase& one : split.cases()) {
    model.score({&one.history, 1}, {scores.data(), 1, shelf_items});
    const float target = scores[one.targets[0]];
    for (std::size_t item = 0; item < shelf_items; ++item) {
      if (!split.cold()[item] || item == one.targets[0]) continue;
      beaten += target > scores[item] ? 1 : target == scores[item] ? 0.5 : 0;
      ++all;
    }
  }
  return beaten / all;
}

TEST(ColdModels, KnowItemsThatNobodyConsumedByTheirVectors) {
  const Dataset data = readers();
  const ColdStart split(data, {}, 0.3, 1);
  ASSERT_GT(split.cases().size(), 20U);
  ItemTopics no_topics = [] {
    TopicNumbers numbers;
    for (std::size_t item = 0; item < shelf_items; ++item) numbers.add({});
    return std::move(numbers).finish();
  }();
  ItemFeatures features{.attributes = {}, .vectors = topic_vectors()};
  features.attributes.offsets.resize(shelf_items + 1, 0);
  std::size_t epochs = 0;
  const ColdTraining training{
      .config = {.width = 16, .blocks = 1, .heads = 1, .ffn_width = 16, .max_length = 8, .dropout = 0},
      .training = {.batch = 16, .attribute_dropout = 0.3, .learning_rate = 0.01, .max_epochs = 20},
      .epochs = 20,
      .topics = no_topics,
      .features = features,
      .epoch_done = [&] { ++epochs; }};
  engine::ThreadPool pool(1);
  const std::vector<ColdModel> models = train_cold_models(pool, split, training);
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0].name, "topics");
  EXPECT_EQ(models[1].name, "imported vectors");
  EXPECT_EQ(epochs, 20 * cold_trainings(features));
  EXPECT_NEAR(share_beaten(split, *models[0].model), 0.5, 1e-9) << "without topics all cold items are alike";
  EXPECT_GT(share_beaten(split, *models[1].model), 0.8);
}

}  // namespace
}  // namespace infodiet::recsys
