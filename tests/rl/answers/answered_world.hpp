// A small file with a model that trained for a moment, for tests of answers.
#pragma once

#include <string>

#include "engine/parallel.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/store/load_dataset.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::test {

/// 30 items "i0" ... of three topics, 20 people "u0" ... with six interactions each, and "new" without any.
class AnsweredWorld {
 public:
  static constexpr std::size_t items = 30;
  static constexpr std::size_t people = 20;

  explicit AnsweredWorld(double neighbour_weight = 0) {
    recsys::Transaction all(file);  // writing to disk once is faster
    for (std::size_t i = 0; i < items; ++i) add_item(i);
    for (std::size_t u = 0; u < people; ++u) add_person(u);
    file.prepare("INSERT INTO users (id, key) VALUES (?, 'new')").run(people + 1);
    all.commit();
    publish(neighbour_weight);
  }

  void add_item(std::size_t i) {
    file.prepare("INSERT INTO items (id, key, title, quality) VALUES (?, ?, ?, ?)")
        .run(i + 1, "i" + std::to_string(i), "Title " + std::to_string(i), 0.01 * static_cast<double>(i));
    file.prepare("INSERT INTO item_topics (item_id, position, topic) VALUES (?, 0, ?)")
        .run(i + 1, std::string(1, static_cast<char>('a' + i % 3)));
  }
  void add_person(std::size_t u) {
    file.prepare("INSERT INTO users (id, key) VALUES (?, ?)").run(u + 1, "u" + std::to_string(u));
    for (std::size_t k = 0; k < 6; ++k) {
      file.prepare("INSERT INTO interactions (user_id, sequence, item_id, time, rating) VALUES (?, ?, ?, ?, ?)")
          .run(u + 1, k + 1, (u + 2 * k) % items + 1, 1600000000 + 86400 * k + u, 1 + k % 5);
    }
  }
  void publish(double neighbour_weight, recsys::Repeats repeats = recsys::Repeats::forbid) {
    constexpr recsys::AttentionConfig config{.width = 8, .blocks = 1, .heads = 1, .ffn_width = 8, .max_length = 5};
    constexpr recsys::TrainingConfig training{.batch = 8, .max_epochs = 2, .patience = 2};
    engine::ThreadPool pool(1);
    const recsys::Dataset data = recsys::load_dataset(file);
    recsys::TrainingRun run(pool, data, {}, config, training);
    run.run_epoch([](std::size_t, double) { return true; });
    recsys::publish_attention_model(
        file,
        {.config = config, .training = training, .holdout = {}, .data_fingerprint = "of the test", .repeats = repeats},
        run, {.blend = recsys::blend_with(std::make_shared<const recsys::ItemKnn>(data), neighbour_weight)});
  }

  TemporaryFolder folder;
  std::string path = folder.file("world.db");
  recsys::Database file{path, recsys::OpenMode::create};
};

}  // namespace infodiet::test
