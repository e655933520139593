// Models of items that nobody consumed in training: what topics and attributes make of them. For measuring; what
// `recommend` does with such items is in model_file.hpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/distributed/communicator.hpp"
#include "engine/parallel.hpp"
#include "recsys/attention/config.hpp"
#include "recsys/data/item_features.hpp"
#include "recsys/evaluation/cold_start.hpp"
#include "recsys/ranking/recommender.hpp"
#include "recsys/store/item_topics.hpp"

namespace infodiet::recsys {

/// How to train without the cold items.
struct ColdTraining {
  AttentionConfig config;
  TrainingConfig training;
  std::size_t epochs = 1;
  const ItemTopics& topics;      ///< of all items
  const ItemFeatures& features;  ///< of all items
  engine::Communicator& processes = engine::alone();
  std::function<void()> epoch_done = [] {};
};

struct ColdModel {
  std::string name;
  std::shared_ptr<const Recommender> model;
};

/// Trains on the warm items, once as usual, if there are attributes once more with vectors of them, and if there are
/// imported vectors once more with these:
/// - topics: a cold item has the mean of its topics' items (cold_items.hpp), as `recommend` has it;
/// - attributes: the same with its attributes for topics;
/// - learned attributes: the mean of vectors that training learned for them (attribute_vectors.hpp);
/// - imported vectors: the projection of its imported vector that training learned.
/// A cold item without attributes or vector has what it has by topics.
std::vector<ColdModel> train_cold_models(engine::ThreadPool& pool, const ColdStart& split,
                                         const ColdTraining& training);

/// How many trainings that takes.
std::size_t cold_trainings(const ItemFeatures& features);

}  // namespace infodiet::recsys
