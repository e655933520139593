#include "recsys/attention/model_file.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "recsys/baselines/ease.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/baselines/recent_popularity.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/model_store.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

constexpr AttentionConfig stored_config{.width = 8, .blocks = 1, .heads = 1, .ffn_width = 8, .max_length = 6};
constexpr TrainingConfig stored_training{.batch = 8, .max_epochs = 4, .patience = 4};

Dataset data_of(std::vector<std::int64_t> item_ids) {
  Dataset data;
  data.item_ids = std::move(item_ids);
  for (std::size_t user = 0; user < 20; ++user) {
    data.user_ids.push_back(static_cast<std::int64_t>(user) + 1);
    for (std::size_t i = 0; i < 6; ++i) {
      data.items.push_back(static_cast<ItemIndex>((user + i) % data.item_ids.size()));
    }
    data.offsets.push_back(data.items.size());
  }
  return data;
}

class AttentionFile : public testing::Test {
 protected:
  static bool go_on(std::size_t, double) { return true; }

  // Data whose items the file holds.
  Dataset stored(std::vector<std::int64_t> item_ids) {
    db_.execute("DELETE FROM items");
    for (const std::int64_t id : item_ids) {
      db_.prepare("INSERT INTO items (id, key) VALUES (?, ?)").run(id, std::to_string(id));
    }
    return data_of(std::move(item_ids));
  }

  test::TemporaryFolder folder_;
  Database db_{folder_.file("test.db"), OpenMode::create};
  engine::ThreadPool pool_{1};
  Dataset data_ = data_of({1, 2, 3, 5, 8});
  RunIdentity identity_{
      .config = stored_config, .training = stored_training, .holdout = {}, .data_fingerprint = "of the test"};
};

TEST_F(AttentionFile, GivesBackWhatWasPublished) {
  TrainingRun run(pool_, data_, {}, stored_config, stored_training);
  run.run_epoch(go_on);
  publish_attention_model(db_, identity_, run, {.seconds = 1.5});
  const std::unique_ptr<BlendedModel> blend = load_attention_model(db_, data_);
  const AttentionModel* model = &blend->attention();
  EXPECT_FALSE(blend->mixes());
  EXPECT_TRUE(std::equal(model->weights().items.begin(), model->weights().items.end(), run.best().items.begin()));
  const std::span<const float> stored = model->weights().network.flat();
  EXPECT_TRUE(std::equal(stored.begin(), stored.end(), run.best().network.flat().begin()));
  EXPECT_EQ(published_attention(db_)->best_epoch, 1U);
  EXPECT_EQ(to_json(published_attention(db_)->config), to_json(stored_config));
}

TEST_F(AttentionFile, PutsItemsThatCameLaterAtTheMean) {
  TrainingRun run(pool_, data_, {}, stored_config, stored_training);
  run.run_epoch(go_on);
  publish_attention_model(db_, identity_, run, {});
  const Dataset grown = stored({1, 2, 3, 4, 5, 8, 9});
  const std::unique_ptr<BlendedModel> blend = load_attention_model(db_, grown);
  const AttentionModel* model = &blend->attention();
  ASSERT_EQ(model->catalogue_size(), 7U);
  for (std::size_t d = 0; d < stored_config.width; ++d) {
    double mean = 0;
    for (std::size_t item = 0; item < 5; ++item) mean += static_cast<double>(run.best().items(item, d)) / 5;
    EXPECT_EQ(model->weights().items(2, d), run.best().items(2, d));
    EXPECT_EQ(model->weights().items(4, d), run.best().items(3, d));
    EXPECT_NEAR(model->weights().items(3, d), mean, 1e-7);
    EXPECT_NEAR(model->weights().items(6, d), mean, 1e-7);
  }
}

TEST_F(AttentionFile, GivesBackTheNeighboursOfABlend) {
  TrainingRun run(pool_, data_, {}, stored_config, stored_training);
  run.run_epoch(go_on);
  const auto neighbours = std::make_shared<const ItemKnn>(run.training_data());
  publish_attention_model(db_, identity_, run, {.blend = blend_with(neighbours, 0.4)});
  const BlendedModel before(std::make_shared<const AttentionModel>(stored_config, run.best()),
                            blend_with(neighbours, 0.4));
  const std::vector<ItemIndex> items = {0, 2};
  const History history{items, {}};
  const auto scores_of = [&](const Recommender& model, const History& after) {
    std::vector<float> scores(model.catalogue_size());
    model.score({&after, 1}, {scores.data(), 1, scores.size()});
    return scores;
  };
  const std::vector<float> expected = scores_of(before, history);
  EXPECT_EQ(scores_of(*load_attention_model(db_, data_), history), expected);

  // In a larger catalogue the known items have other indices and the same scores.
  const Dataset grown = stored({1, 2, 3, 4, 5, 8, 9});
  const std::vector<ItemIndex> moved = {0, 2};
  const std::vector<float> later = scores_of(*load_attention_model(db_, grown), {moved, {}});
  const std::vector<std::size_t> now = {0, 1, 2, 4, 5};
  for (std::size_t v = 1; v < 5; ++v) {
    EXPECT_EQ(later[now[v]] > later[now[0]], expected[v] > expected[0]) << v;
  }

  // Models of before there were other parts say no more than the weight.
  db_.execute("UPDATE models SET metrics = json_remove(metrics, '$.blend')");
  (void)stored({1, 2, 3, 5, 8});
  EXPECT_EQ(scores_of(*load_attention_model(db_, data_), history), expected);
  for (const char* change :
       {R"('$.neighbour_weight', 1)", R"('$.neighbour_weight', 'much')", R"('$.best_epoch', -1)"}) {
    Transaction transaction(db_);
    db_.execute(std::string("UPDATE models SET metrics = json_set(metrics, ") + change + ")");
    EXPECT_THROW((published_attention(db_), load_attention_model(db_, data_)), DamagedError) << change;
  }
}

TEST_F(AttentionFile, GivesBackEveryPartOfABlend) {
  for (std::size_t i = 0; i < data_.items.size(); ++i) {
    data_.times.push_back(1'500'000'000 + 100'000 * static_cast<std::int64_t>(i % 6) + static_cast<std::int64_t>(i));
  }
  TrainingRun run(pool_, data_, {}, stored_config, stored_training);
  run.run_epoch(go_on);
  const Dataset& known = run.training_data();
  const Blend blend{.temperature = 1.5,
                    .parts = {as_part(std::make_shared<const ItemKnn>(known)),
                              as_part(std::make_shared<const Ease>(known, EaseOptions{.l2 = 2, .half_life = 3})),
                              as_part(std::make_shared<const Markov>(known)),
                              as_part(std::make_shared<const RecentPopularity>(known))},
                    .lengths = {2, 5},
                    .weights = {{0.2, 0.2, 0.2, 0.2, 0.2}, {0.5, 0.1, 0.2, 0.1, 0.1}}};
  publish_attention_model(db_, identity_, run, {.blend = blend});
  const BlendedModel before(std::make_shared<const AttentionModel>(stored_config, run.best()), blend);
  const std::unique_ptr<BlendedModel> after = load_attention_model(db_, data_);
  for (const std::vector<ItemIndex>& items : {std::vector<ItemIndex>{0}, {0, 2, 1}, {4, 3, 2, 1, 0, 1}}) {
    const std::vector<std::int64_t> times(items.size(), 1'500'250'000);
    const History history{items, times};
    std::vector<float> expected(5);
    std::vector<float> scores(5);
    before.score({&history, 1}, {expected.data(), 1, 5});
    after->score({&history, 1}, {scores.data(), 1, 5});
    EXPECT_EQ(scores, expected);
  }
  EXPECT_EQ(published_attention(db_)->blend.parts.size(), 4U);
  EXPECT_EQ(published_attention(db_)->blend.temperature, 1.5);
  EXPECT_NE(after->part("ease"), nullptr);

  for (const char* change :
       {R"('$.blend.weights[0][1]', 0.3)", R"('$.blend.weights[0][1]', -0.2)", R"('$.blend.weights', 1)",
        R"('$.blend.lengths', json('[5,2]'))", R"('$.blend.lengths', json('[]'))", R"('$.blend.parts[1].l2', 0)",
        R"('$.blend.parts[1].name', 'other')", R"('$.blend.parts[2].temperature', -1)", R"('$.blend.temperature', 0)",
        R"('$.blend', 'all')"}) {
    Transaction transaction(db_);
    db_.execute(std::string("UPDATE models SET metrics = json_set(metrics, ") + change + ")");
    EXPECT_THROW(load_attention_model(db_, data_), DamagedError) << change;
  }
  for (const char* tensor : {"ease.rows", "markov.background", "recent.times", "recent.rows"}) {
    Transaction transaction(db_);
    db_.prepare("DELETE FROM model_tensors WHERE name = ?").run(tensor);
    EXPECT_THROW(load_attention_model(db_, data_), DamagedError) << tensor;
  }
}

TEST_F(AttentionFile, GivesBackEveryMember) {
  std::vector<Member> members;
  std::unique_ptr<TrainingRun> run;
  for (std::uint64_t seed = 1; seed < 4; ++seed) {
    TrainingConfig own = stored_training;
    own.seed = seed;
    run = std::make_unique<TrainingRun>(pool_, data_, Holdout{}, stored_config, own);
    for (std::uint64_t epoch = 0; epoch < seed; ++epoch) run->run_epoch(go_on);
    members.push_back(run->member());
  }
  const auto chosen = run->choose_blend(models_of(members), {});
  publish_attention_model(db_, identity_, *run, {.blended = chosen->validation, .members = members});
  const std::vector<ItemIndex> items = {0, 2};
  const History history{items, {}};
  const auto scores_of = [&](const Recommender& model) {
    std::vector<float> scores(model.catalogue_size());
    model.score({&history, 1}, {scores.data(), 1, scores.size()});
    return scores;
  };
  const std::vector<float> expected = scores_of(BlendedModel(models_of(members), {}));
  EXPECT_EQ(scores_of(*load_attention_model(db_, data_, {.state_bytes = 1 << 16})), expected);
  EXPECT_EQ(published_attention(db_)->members, 3U);
  const Dataset grown = stored({1, 2, 3, 4, 5, 8, 9});
  EXPECT_EQ(load_attention_model(db_, grown)->members().size(), 3U);
  (void)stored({1, 2, 3, 5, 8});

  for (const char* count : {"4", "0", "-1", "1000000", "'all'"}) {
    Transaction transaction(db_);
    db_.execute(std::string("UPDATE models SET configuration = json_set(configuration, '$.members', ") + count + ")");
    EXPECT_THROW((published_attention(db_), load_attention_model(db_, data_)), DamagedError) << count;
  }
  db_.execute("DELETE FROM model_tensors WHERE name = 'member3.items.weight'");
  EXPECT_THROW(load_attention_model(db_, data_), DamagedError);
}

SparseRows one_attribute_each() {
  SparseRows rows;
  for (std::uint32_t item = 0; item < 5; ++item) {
    rows.entries.push_back({item % 2, 1.0F});
    rows.offsets.push_back(item + 1);
  }
  return rows;
}

TEST_F(AttentionFile, ResumesWithAttributesAndAnAverageToTheSameBits) {
  TrainingConfig averaged = stored_training;
  averaged.ema = 0.9;
  identity_.training = averaged;
  TrainingRun whole(pool_, data_, {}, stored_config, averaged);
  whole.learn_attributes(one_attribute_each());
  for (int epoch = 0; epoch < 2; ++epoch) whole.run_epoch(go_on);
  save_attention_checkpoint(db_, identity_, whole, 1);
  TrainingRun resumed(pool_, data_, {}, stored_config, averaged);
  resumed.learn_attributes(one_attribute_each());
  EXPECT_EQ(restore_attention_checkpoint(db_, identity_, resumed), 1);
  whole.run_epoch(go_on);
  resumed.run_epoch(go_on);
  EXPECT_EQ(whole.trainer().model_weights().items, resumed.trainer().model_weights().items);
  EXPECT_EQ(whole.best().items, resumed.best().items);

  TrainingRun other(pool_, data_, {}, stored_config, averaged);
  SparseRows others = one_attribute_each();
  others.entries.back().column = 2;
  other.learn_attributes(others);
  EXPECT_THROW(restore_attention_checkpoint(db_, identity_, other), DataError);
}

engine::Matrix<float> two_dimensions() {
  engine::Matrix<float> vectors;
  vectors.resize({5, 2});
  for (std::size_t item = 0; item < 5; ++item) {
    vectors(item, 0) = item % 2 == 0 ? 0.6F : -0.6F;
    vectors(item, 1) = item == 3 ? 0.8F : -0.8F;
  }
  return vectors;
}

TEST_F(AttentionFile, ResumesWithImportedVectorsToTheSameBitsAndNotWithOthers) {
  ItemFeatures features{.attributes = one_attribute_each(), .vectors = two_dimensions()};
  TrainingRun whole(pool_, data_, {}, stored_config, stored_training);
  whole.learn_features(features);
  for (int epoch = 0; epoch < 2; ++epoch) whole.run_epoch(go_on);
  save_attention_checkpoint(db_, identity_, whole, 1);
  TrainingRun resumed(pool_, data_, {}, stored_config, stored_training);
  resumed.learn_features(features);
  EXPECT_EQ(restore_attention_checkpoint(db_, identity_, resumed), 1);
  whole.run_epoch(go_on);
  resumed.run_epoch(go_on);
  EXPECT_EQ(whole.trainer().model_weights().items, resumed.trainer().model_weights().items);
  EXPECT_EQ(whole.best().items, resumed.best().items);

  features.vectors(4, 1) = 0.8F;
  TrainingRun other(pool_, data_, {}, stored_config, stored_training);
  other.learn_features(features);
  EXPECT_THROW(restore_attention_checkpoint(db_, identity_, other), DataError);
}

TEST_F(AttentionFile, TheSettingSaysWhatTheNetworkLearns) {
  const ItemFeatures features{.attributes = one_attribute_each(), .vectors = two_dimensions()};
  const auto shared = [&](Attributes attributes, const ItemFeatures& of) -> std::size_t {
    TrainingConfig chosen = stored_training;
    chosen.attributes = attributes;
    TrainingRun run(pool_, data_, {}, stored_config, chosen);
    run.learn_features(of);
    return run.trainer().attributes() == nullptr ? 0 : run.trainer().attributes()->vectors().shape(0);
  };
  EXPECT_EQ(shared(Attributes::none, features), 0U);
  EXPECT_EQ(shared(Attributes::neighbours, features), 2U);
  EXPECT_EQ(shared(Attributes::all, features), 4U);
  const ItemFeatures names{.attributes = one_attribute_each()};
  EXPECT_EQ(shared(Attributes::neighbours, names), 0U);
  EXPECT_EQ(shared(Attributes::all, names), 2U);
}

TEST_F(AttentionFile, ResumesFromACheckpointToTheSameBits) {
  TrainingRun whole(pool_, data_, {}, stored_config, stored_training);
  for (int epoch = 0; epoch < 2; ++epoch) whole.run_epoch(go_on);
  save_attention_checkpoint(db_, identity_, whole, 12.5);
  TrainingRun resumed(pool_, data_, {}, stored_config, stored_training);
  EXPECT_EQ(restore_attention_checkpoint(db_, identity_, resumed), 12.5);
  EXPECT_EQ(resumed.epochs().size(), 2U);
  whole.run_epoch(go_on);
  resumed.run_epoch(go_on);
  EXPECT_TRUE(std::equal(whole.trainer().weights().items.begin(), whole.trainer().weights().items.end(),
                         resumed.trainer().weights().items.begin()));
  EXPECT_EQ(whole.epochs().back().ndcg_at_10, resumed.epochs().back().ndcg_at_10);
  EXPECT_EQ(whole.epochs().back().loss, resumed.epochs().back().loss);
}

TEST_F(AttentionFile, DoesNotResumeWhatIsOfOtherDataSettingsOrSeed) {
  TrainingRun run(pool_, data_, {}, stored_config, stored_training);
  EXPECT_EQ(restore_attention_checkpoint(db_, identity_, run), std::nullopt);
  run.run_epoch(go_on);
  save_attention_checkpoint(db_, identity_, run, 0);
  RunIdentity other = identity_;
  other.data_fingerprint = "other";
  EXPECT_THROW(restore_attention_checkpoint(db_, other, run), DataError);
  other = identity_;
  other.training.seed = 2;
  EXPECT_THROW(restore_attention_checkpoint(db_, other, run), DataError);
  other = identity_;
  other.holdout = {.kind = HoldoutKind::none};
  EXPECT_THROW(restore_attention_checkpoint(db_, other, run), DataError);
}

TEST_F(AttentionFile, InheritsTheMarkOfTheCheckpointThatItGoesOnFrom) {
  TrainingRun run(pool_, data_, {}, stored_config, stored_training);
  run.run_epoch(go_on);
  RunIdentity marked = identity_;
  marked.forgotten_users = 2;
  EXPECT_TRUE(save_attention_checkpoint(db_, marked, run, 0));
  TrainingRun resumed(pool_, data_, {}, stored_config, stored_training);
  ASSERT_TRUE(restore_attention_checkpoint(db_, identity_, resumed));
  EXPECT_EQ(identity_.forgotten_users, 2);
  publish_attention_model(db_, identity_, resumed, {});
  EXPECT_EQ(published_attention(db_)->forgotten_users, 2);
}

// A run with as good a model as these data allow, and one that has learned nothing.
class Replacing : public AttentionFile {
 protected:
  Replacing() : data_of_many_(many()) {
    for (std::size_t item = 0; item < data_of_many_.catalogue_size(); ++item) {
      db_.prepare("INSERT INTO items (id, key) VALUES (?, ?)").run(item + 1, std::to_string(item));
    }
    identity_.interactions = data_of_many_.items.size();
    identity_.holdout = holdout;
  }

  // Everybody follows one circle of items.
  static Dataset many() {
    Dataset data;
    for (int item = 1; item <= 30; ++item) data.item_ids.push_back(item);
    for (std::size_t user = 0; user < 60; ++user) {
      data.user_ids.push_back(static_cast<std::int64_t>(user) + 1);
      for (std::size_t i = 0; i < 9; ++i) data.items.push_back(static_cast<ItemIndex>((user * 7 + i) % 30));
      data.offsets.push_back(data.items.size());
    }
    return data;
  }
  std::unique_ptr<TrainingRun> run_of(double rate, std::size_t epochs) {
    TrainingConfig how = stored_training;
    how.learning_rate = rate;
    how.warmup_steps = 1;
    auto run = std::make_unique<TrainingRun>(pool_, data_of_many_, holdout, stored_config, how);
    for (std::size_t i = 0; i < epochs; ++i) run->run_epoch(go_on);
    return run;
  }
  Replacement compare(const TrainingRun& run) const {
    return compare_with_published(db_, data_of_many_, identity_, run, {});
  }

  static constexpr Holdout holdout{.kind = HoldoutKind::last};
  Dataset data_of_many_;
};

TEST_F(Replacing, IsForModelsThatAreNotMeasurablyWorse) {
  const auto good = run_of(0.02, 12);
  const auto untrained = run_of(1e-12, 1);
  EXPECT_TRUE(compare(*untrained).replaces) << "where nothing is published, anything is";
  publish_attention_model(db_, identity_, *untrained, {});
  const Replacement better = compare(*good);
  EXPECT_TRUE(better.replaces);
  EXPECT_EQ(better.not_compared, "");
  EXPECT_EQ(better.cases, 60U);
  EXPECT_GT(better.new_ndcg, better.old_ndcg + 2 * better.standard_error);
  publish_attention_model(db_, identity_, *good, {});
  const Replacement same = compare(*good);
  EXPECT_TRUE(same.replaces);
  EXPECT_EQ(same.new_ndcg, same.old_ndcg);
  EXPECT_EQ(same.standard_error, 0);
  const Replacement worse = compare(*untrained);
  EXPECT_FALSE(worse.replaces);
  EXPECT_EQ(worse.old_ndcg, better.new_ndcg);
  EXPECT_EQ(worse.standard_error, better.standard_error);

  const std::int64_t kept = publish_attention_model(db_, identity_, *untrained, {.replaces = false});
  EXPECT_NE(published_attention(db_)->id, kept);
  EXPECT_NO_THROW(load_attention_model(db_, data_of_many_, {.id = kept}));
  EXPECT_THROW(load_attention_model(db_, data_of_many_, {.id = 77}), DataError);
}

TEST_F(Replacing, IsNotAskedForWhereTheOldModelCannotStay) {
  const auto good = run_of(0.02, 12);
  const auto untrained = run_of(1e-12, 1);
  publish_attention_model(db_, identity_, *good, {});
  const auto why = [&](const char* change) {
    Transaction undone(db_);
    db_.execute(change);
    const Replacement result = compare(*untrained);
    EXPECT_TRUE(result.replaces) << change;
    return result.not_compared;
  };
  EXPECT_NE(why("UPDATE models SET forgotten_users = 1").find("forgotten"), std::string::npos);
  EXPECT_NE(why("UPDATE models SET holdout = 'none'").find("--holdout none"), std::string::npos);
  EXPECT_NE(why("DELETE FROM model_tensors WHERE name = 'items.weight'").find("damaged"), std::string::npos);
  EXPECT_NE(why("UPDATE models SET metrics = '[]'").find("damaged"), std::string::npos);
  EXPECT_NE(why("UPDATE models SET metrics = json_set(metrics, '$.data.interactions', 1000)").find("deleted"),
            std::string::npos);
  for (std::int64_t& id : data_of_many_.item_ids) id += 1000;
  EXPECT_NE(compare(*untrained).not_compared.find("another catalogue"), std::string::npos);
}

TEST_F(AttentionFile, ReadsConfigurationsOfBeforeThereWasAChoiceOfActivation) {
  TrainingRun run(pool_, data_, {}, stored_config, stored_training);
  run.run_epoch(go_on);
  publish_attention_model(db_, identity_, run, {});
  db_.execute("UPDATE models SET configuration = json_remove(configuration, '$.model.activation')");
  EXPECT_EQ(published_attention(db_)->config.activation, engine::Activation::gelu);
  db_.execute("UPDATE models SET configuration = json_remove(configuration, '$.model.block')");
  EXPECT_THROW(published_attention(db_), DamagedError);
}

TEST_F(AttentionFile, RefusesAConfigurationThatDoesNotFitTheTensors) {
  TrainingRun run(pool_, data_, {}, stored_config, stored_training);
  run.run_epoch(go_on);
  publish_attention_model(db_, identity_, run, {});
  for (const char* change :
       {R"('$.model.width', 16)", R"('$.model.width', -1)", R"('$.model.width', 'wide')", R"('$.model.length', 7)",
        R"('$.model.heads', 3)", R"('$.model', 1)", R"('$.model.dropout', 2)", R"('$.model.blocks', 99999999999)",
        R"('$.model.width', 1048576, '$.model.ffn_width', 1048576)", R"('$.model.blocks', 1024)",
        R"('$.model.block', 'other')", R"('$.model.block', 3)", R"('$.model.temperature', -1)"}) {
    Transaction transaction(db_);
    db_.execute(std::string("UPDATE models SET configuration = json_set(configuration, ") + change + ")");
    EXPECT_THROW(load_attention_model(db_, data_), Error) << change;
  }
  EXPECT_NO_THROW(load_attention_model(db_, data_));
}

}  // namespace
}  // namespace infodiet::recsys
