// A made-up data set of people with tastes, and a small model trained on it, for tests of the loop.
#pragma once

#include <algorithm>
#include <vector>

#include "recsys/attention/trainer.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/evaluation/diversity.hpp"
#include "rl/loop/loop.hpp"

namespace infodiet::test {

inline constexpr std::size_t loop_items = 160;
inline constexpr std::size_t loop_topics = 8;

/// Item i is of topic i % 8; its quality falls and its clickbait rises with i / 8.
inline rl::Catalogue loop_catalogue(const recsys::Dataset& data) {
  const std::vector<double> popularity = recsys::smoothed_popularity(recsys::item_counts(data));
  std::vector<rl::ItemAttributes> items(loop_items);
  for (std::size_t i = 0; i < loop_items; ++i) {
    const std::size_t row = i / loop_topics;
    const std::size_t last_row = loop_items / loop_topics - 1;
    const double bait = static_cast<double>(row) / static_cast<double>(last_row);
    items[i] = {.topics = {static_cast<rl::Topic>(i % loop_topics)},
                .quality = 0.8 - bait,
                .clickbait = bait,
                .minutes = 3 + static_cast<double>(i % 5),
                .popularity = popularity[i]};
  }
  return {items, loop_topics};
}

/// What the people of a world like, and how well its recommender knows it.
struct LoopTastes {
  double favourite = 0.5;  ///< share of a person's items that are of their topic
  bool popular = true;     ///< whether the lower numbers are taken more often
  int epochs = 15;         ///< of training
};

/// Fourteen items each.
inline recsys::Dataset loop_data(std::size_t users, const LoopTastes& tastes = {}) {
  recsys::Dataset data;
  for (std::size_t i = 0; i < loop_items; ++i) data.item_ids.push_back(static_cast<std::int64_t>(i + 1));
  for (std::size_t u = 0; u < users; ++u) {
    data.user_ids.push_back(static_cast<std::int64_t>(u + 1));
    engine::RandomStream stream(3, engine::Purpose::test, 0, static_cast<std::uint32_t>(u));
    std::vector<recsys::ItemIndex> taken;
    while (taken.size() < 14) {
      const std::size_t topic = stream.uniform() < tastes.favourite ? u % loop_topics : stream.below(loop_topics);
      const double from_top = stream.uniform() * (tastes.popular ? stream.uniform() : 1);
      const auto level = static_cast<std::size_t>(20 * from_top);
      const auto item = static_cast<recsys::ItemIndex>(level * loop_topics + topic);
      if (std::find(taken.begin(), taken.end(), item) == taken.end()) taken.push_back(item);
    }
    data.items.insert(data.items.end(), taken.begin(), taken.end());
    data.offsets.push_back(data.items.size());
  }
  return data;
}

struct LoopWorld {
  rl::DataWorld world;
  recsys::AttentionConfig config{
      .width = 16, .blocks = 1, .heads = 1, .ffn_width = 32, .max_length = 30, .dropout = 0.1};
  recsys::TrainingConfig training{.batch = 32, .learning_rate = 3e-3, .warmup_steps = 0};
  std::shared_ptr<const recsys::AttentionModel> model;
};

inline LoopWorld loop_world(std::size_t users, engine::ThreadPool& pool, const LoopTastes& tastes = {}) {
  const auto histories = std::make_shared<const recsys::Dataset>(loop_data(users, tastes));
  LoopWorld made{
      .world = {histories, *histories, std::vector<std::string>(loop_topics), loop_catalogue(*histories), 20},
      .model = {}};
  recsys::AttentionTrainer trainer(pool, made.world.data, made.config, made.training);
  for (int epoch = 0; epoch < tastes.epochs; ++epoch) {
    for (std::size_t step = 0; step < trainer.steps_per_epoch(); ++step) trainer.step(step);
    trainer.end_epoch();
  }
  made.model = std::make_shared<const recsys::AttentionModel>(made.config, trainer.weights());
  return made;
}

}  // namespace infodiet::test
