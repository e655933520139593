#include "recsys/attention/cold_models.hpp"

#include <algorithm>
#include <utility>

#include "recsys/attention/cold_items.hpp"
#include "recsys/attention/model.hpp"
#include "recsys/attention/training.hpp"

namespace infodiet::recsys {

namespace {

// Attributes in the shape of topics, without their weights.
ItemTopics as_topics(const SparseRows& attributes) {
  TopicNumbers numbers;
  std::vector<std::string> names;
  for (std::size_t item = 0; item + 1 < attributes.offsets.size(); ++item) {
    names.clear();
    for (const SparseRows::Entry& entry : attributes.row(item)) names.push_back(std::to_string(entry.column));
    numbers.add(names);
  }
  return std::move(numbers).finish();
}

void train(TrainingRun& run, const ColdTraining& asked) {
  while (!run.finished()) {
    run.run_epoch([](std::size_t, double) { return true; });
    asked.epoch_done();
  }
}

// The weights of a run, whose cold items have what it learned of their attributes or imported vectors, or the mean of
// all items.
AttentionWeights weights_by_features(const TrainingRun& run, const ColdItems& cold) {
  AttentionWeights weights = run.best();
  fill_cold_rows(cold, weights.items);
  const AttributeVectors& learned = *run.trainer().attributes();
  const auto& average = run.trainer().average();
  const engine::Matrix<float>& vectors = average ? average->attributes : learned.vectors();
  for (std::size_t item = 0; item < cold.cold.size(); ++item) {
    if (!cold.cold[item] || !learned.knows(item)) continue;
    float* const row = &weights.items(item, 0);
    std::fill_n(row, weights.items.shape(1), 0.0F);
    learned.add_shared(vectors, item, row);
  }
  return weights;
}

}  // namespace

std::size_t cold_trainings(const ItemFeatures& features) {
  return 1 + (features.attributes.entries.empty() ? 0U : 1U) + (features.vectors.size() == 0 ? 0U : 1U);
}

std::vector<ColdModel> train_cold_models(engine::ThreadPool& pool, const ColdStart& split, const ColdTraining& asked) {
  const RunOptions options{.epochs = asked.epochs, .processes = asked.processes};
  const Holdout everything{.kind = HoldoutKind::none};
  const ColdItems by_topics{.cold = split.cold(), .topics = asked.topics};
  const SparseRows& attributes = asked.features.attributes;
  const auto made_of = [&](const AttentionWeights& weights, const ColdItems& cold) {
    return std::make_shared<const AttentionModel>(asked.config, weights, &cold);
  };
  std::vector<ColdModel> models;
  {
    TrainingRun usual(pool, split.warm(), everything, asked.config, asked.training, options);
    train(usual, asked);
    models.push_back({"topics", made_of(usual.best(), by_topics)});
    if (!attributes.entries.empty()) {
      models.push_back({"attributes", made_of(usual.best(), {split.cold(), as_topics(attributes)})});
    }
  }
  const auto learn = [&](const char* name, const SparseRows& names, const engine::Matrix<float>& vectors) {
    TrainingRun learning(pool, split.warm(), everything, asked.config, asked.training, options);
    learning.learn_attributes(names, vectors);
    train(learning, asked);
    models.push_back(
        {name, std::make_shared<const AttentionModel>(asked.config, weights_by_features(learning, by_topics))});
  };
  if (!attributes.entries.empty()) learn("learned attributes", attributes, {});
  if (asked.features.vectors.size() > 0) {
    SparseRows no_attributes;
    no_attributes.offsets.resize(attributes.offsets.size(), 0);
    learn("imported vectors", no_attributes, asked.features.vectors);
  }
  return models;
}

}  // namespace infodiet::recsys
