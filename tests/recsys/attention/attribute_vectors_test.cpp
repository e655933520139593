#include "recsys/attention/attribute_vectors.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "recsys/attention/trainer.hpp"
#include "tests/recsys/attention/saved_training.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t vector_width = 4;

// Item 0 has attributes 0 and 2, item 1 none, item 2 attribute 2 alone.
SparseRows attributes() {
  SparseRows rows;
  rows.entries = {{0, 0.6F}, {2, 0.2F}, {2, 1.0F}};
  rows.offsets = {0, 2, 2, 3};
  return rows;
}

engine::Matrix<float> random_matrix(std::size_t rows, std::uint32_t stream) {
  engine::RandomStream random(7, engine::Purpose::test, stream);
  engine::Matrix<float> matrix;
  matrix.resize({rows, vector_width});
  for (float& value : matrix) value = static_cast<float>(random.normal());
  return matrix;
}

TEST(AttributeVectors, AddTheWeightedMeanToTheOwnVectors) {
  engine::ThreadPool pool(2);
  AttributeVectors vectors(attributes(), vector_width, {});
  ASSERT_EQ(vectors.vectors().shape(0), 3U);
  const engine::Matrix<float> own = random_matrix(3, 0);
  engine::Matrix<float> table;
  vectors.apply(pool, own, vectors.vectors(), table);
  for (std::size_t d = 0; d < vector_width; ++d) {
    EXPECT_NEAR(table(0, d), own(0, d) + 0.75F * vectors.vectors()(0, d) + 0.25F * vectors.vectors()(2, d), 1e-6F);
    EXPECT_EQ(table(1, d), own(1, d));
    EXPECT_NEAR(table(2, d), own(2, d) + vectors.vectors()(2, d), 1e-6F);
  }
}

TEST(AttributeVectors, HaveTheGradientOfTheirShare) {
  engine::ThreadPool pool(2);
  AttributeVectors vectors(attributes(), vector_width, {});
  const engine::Matrix<float> gradient = random_matrix(3, 1);
  engine::Matrix<float> of_own = gradient;
  vectors.backward(pool, 0, of_own);
  EXPECT_EQ(of_own, gradient);
  for (std::size_t d = 0; d < vector_width; ++d) {
    EXPECT_NEAR(vectors.gradient()(0, d), 0.75F * gradient(0, d), 1e-6F);
    EXPECT_EQ(vectors.gradient()(1, d), 0);
    EXPECT_NEAR(vectors.gradient()(2, d), 0.25F * gradient(0, d) + gradient(2, d), 1e-6F);
  }
}

// Item 1 has no vector.
engine::Matrix<float> imported() {
  engine::Matrix<float> vectors;
  vectors.resize({3, 2});
  std::copy_n(std::vector<float>{0.6F, -0.8F, 0, 0, -1, 0}.begin(), 6, vectors.begin());
  return vectors;
}

TEST(AttributeVectors, AddAProjectionOfImportedVectorsWithTheirSigns) {
  engine::ThreadPool pool(2);
  AttributeVectors vectors(attributes(), vector_width, {}, imported());
  const engine::Matrix<float>& all = vectors.vectors();
  ASSERT_EQ(all.shape(0), 5U) << "three attributes, two dimensions";
  EXPECT_TRUE(vectors.knows(0) && !vectors.knows(1) && vectors.knows(2));
  const engine::Matrix<float> own = random_matrix(3, 0);
  engine::Matrix<float> table;
  vectors.apply(pool, own, all, table);
  for (std::size_t d = 0; d < vector_width; ++d) {
    EXPECT_NEAR(table(0, d), own(0, d) + 0.75F * all(0, d) + 0.25F * all(2, d) + 0.6F * all(3, d) - 0.8F * all(4, d),
                1e-6F);
    EXPECT_EQ(table(1, d), own(1, d));
    EXPECT_NEAR(table(2, d), own(2, d) + all(2, d) - all(3, d), 1e-6F);
  }
}

// The table is linear in the vectors, so differences are exact but for rounding.
TEST(AttributeVectors, HaveTheGradientOfTheProjection) {
  engine::ThreadPool pool(2);
  AttributeVectors vectors(attributes(), vector_width, {}, imported());
  const engine::Matrix<float> own = random_matrix(3, 0);
  const engine::Matrix<float> dtable = random_matrix(3, 1);
  engine::Matrix<float> of_own = dtable;
  vectors.backward(pool, 0, of_own);
  const auto loss = [&](const engine::Matrix<float>& at) {
    engine::Matrix<float> table;
    vectors.apply(pool, own, at, table);
    return std::inner_product(table.begin(), table.end(), dtable.begin(), 0.0);
  };
  for (std::size_t v = 0; v < 5; ++v) {
    for (std::size_t d = 0; d < vector_width; ++d) {
      engine::Matrix<float> more = vectors.vectors();
      engine::Matrix<float> less = vectors.vectors();
      more(v, d) += 1;
      less(v, d) -= 1;
      EXPECT_NEAR(vectors.gradient()(v, d), (loss(more) - loss(less)) / 2, 1e-5) << v << ", " << d;
    }
  }
}

TEST(AttributeVectors, HaveADigestOfAllThatIsKnown) {
  const std::string digest = AttributeVectors(attributes(), vector_width, {}, imported()).digest();
  EXPECT_EQ(AttributeVectors(attributes(), vector_width, {.seed = 3}, imported()).digest(), digest);
  EXPECT_NE(AttributeVectors(attributes(), vector_width, {}).digest(), digest);
  engine::Matrix<float> other = imported();
  other(2, 1) = 0.1F;
  EXPECT_NE(AttributeVectors(attributes(), vector_width, {}, other).digest(), digest);
}

TEST(AttributeVectors, LeaveOutOwnVectorsOfItemsWithAttributesAlone) {
  constexpr std::size_t items = 2000;
  SparseRows rows;  // every other item has the one attribute
  for (std::size_t item = 0; item < items; ++item) {
    if (item % 2 == 0) rows.entries.push_back({0, 1.0F});
    rows.offsets.push_back(rows.entries.size());
  }
  engine::ThreadPool pool(2);
  AttributeVectors vectors(rows, vector_width, {.dropout = 0.3, .seed = 5});
  const engine::Matrix<float> own = random_matrix(items, 2);
  engine::Matrix<float> table = own;
  engine::Matrix<float> next = own;
  for (std::size_t item = 0; item < items; ++item) {
    vectors.write_row(item, 11, &own(item, 0), &table(item, 0));
    vectors.write_row(item, 12, &own(item, 0), &next(item, 0));
  }
  engine::Matrix<float> gradient = random_matrix(items, 3);
  vectors.backward(pool, 11, gradient);
  std::size_t left_out = 0;
  std::size_t in_both = 0;
  for (std::size_t item = 0; item < items; ++item) {
    const bool out = table(item, 0) == vectors.vectors()(0, 0);
    EXPECT_EQ(out, gradient(item, 0) == 0);
    EXPECT_TRUE(item % 2 == 0 || !out);
    left_out += out ? 1U : 0U;
    in_both += out && next(item, 0) == vectors.vectors()(0, 0) ? 1U : 0U;
  }
  EXPECT_NEAR(static_cast<double>(left_out), 300, 60);
  EXPECT_NEAR(static_cast<double>(in_both), 90, 40) << "every step draws anew";
  EXPECT_THROW(AttributeVectors(rows, vector_width, {.dropout = 1}), Error);
}

constexpr AttentionConfig kinds_model{.width = 8, .blocks = 1, .heads = 1, .ffn_width = 8, .max_length = 6};
constexpr TrainingConfig kinds_training{.batch = 16, .attribute_dropout = 0.2, .learning_rate = 0.02, .max_epochs = 40};

// Two kinds of items; people stay with one. The last two items, one of each kind, nobody consumed.
struct TwoKinds {
  Dataset data;
  SparseRows kinds;
  engine::Matrix<float> vectors;  // of a dimension that is -1 or 1

  TwoKinds() {
    engine::RandomStream random(2, engine::Purpose::test);
    std::vector<std::vector<ItemIndex>> histories(100);
    for (std::size_t user = 0; user < histories.size(); ++user) {
      for (std::size_t i = 0; i < 6; ++i) {
        histories[user].push_back(static_cast<ItemIndex>(2 * random.below(10) + user % 2));
      }
    }
    data = test::small_dataset(histories, 22);
    vectors.resize({22, 1});
    for (std::uint32_t item = 0; item < 22; ++item) {
      kinds.entries.push_back({item % 2, 1.0F});
      kinds.offsets.push_back(item + 1);
      vectors(item, 0) = item % 2 == 0 ? 1.0F : -1.0F;
    }
  }
};

void train_epochs(AttentionTrainer& trainer, std::size_t epochs) {
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    for (std::size_t step = 0; step < trainer.steps_per_epoch(); ++step) trainer.step(step);
    trainer.end_epoch();
  }
}

TEST(AttributeVectors, TeachWhatNobodyConsumed) {
  const TwoKinds world;
  engine::ThreadPool pool(1);
  AttentionTrainer trainer(pool, world.data, kinds_model, kinds_training);
  trainer.learn_attributes(world.kinds);
  train_epochs(trainer, 30);
  const AttentionModel model(kinds_model, trainer.model_weights());
  for (const ItemIndex kind : {0U, 1U}) {
    const std::vector<ItemIndex> items = {kind, kind + 2, kind + 4};
    const History history{items, {}};
    std::vector<float> scores(22);
    model.score({&history, 1}, {scores.data(), 1, 22});
    EXPECT_GT(scores[20 + kind], scores[21 - kind]) << "of its kind";
  }
}

TEST(AttributeVectors, TrainToTheSameBitsForAnyNumberOfThreadsAndAfterAnInterruption) {
  const TwoKinds world;
  std::vector<engine::Matrix<float>> tables;
  for (const std::size_t threads : {1U, 2U}) {
    engine::ThreadPool pool(threads);
    AttentionTrainer trainer(pool, world.data, kinds_model, kinds_training);
    trainer.learn_attributes(world.kinds, world.vectors);
    train_epochs(trainer, 2);
    AttentionTrainer resumed(pool, world.data, kinds_model, kinds_training);
    resumed.learn_attributes(world.kinds, world.vectors);
    const test::SavedTraining saved(trainer);
    resumed.restore(saved.state, saved.source());
    train_epochs(trainer, 1);
    train_epochs(resumed, 1);
    tables.push_back(trainer.model_weights().items);
    tables.push_back(resumed.model_weights().items);
  }
  for (const engine::Matrix<float>& table : tables) EXPECT_EQ(table, tables.front());
}

TEST(AttributeVectors, StartFromAModelAsItIs) {
  const TwoKinds world;
  engine::ThreadPool pool(1);
  AttentionTrainer trainer(pool, world.data, kinds_model, kinds_training);
  trainer.learn_attributes(world.kinds);
  const AttentionWeights weights = initial_weights(kinds_model, 22, 9);
  trainer.start_from(weights);
  EXPECT_EQ(trainer.model_weights().items, weights.items);
  SparseRows fewer = world.kinds;
  fewer.offsets.pop_back();
  EXPECT_THROW(trainer.learn_attributes(fewer), ShapeError);
  engine::Matrix<float> of_fewer = world.vectors;
  of_fewer.resize({21, 1});
  EXPECT_THROW(trainer.learn_attributes(world.kinds, of_fewer), ShapeError);
}

}  // namespace
}  // namespace infodiet::recsys
