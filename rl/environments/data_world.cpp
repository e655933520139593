#include "rl/environments/data_world.hpp"

#include <cstddef>

#include "recsys/attention/model_file.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/evaluation/diversity.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/item_topics.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/ratings.hpp"

namespace infodiet::rl {

namespace {

std::vector<ItemAttributes> attributes_of(const std::vector<recsys::Item>& items, const recsys::ItemTopics& topics,
                                          const recsys::Dataset& data, const recsys::RatingTotals& ratings) {
  const std::vector<double> popularity = recsys::smoothed_popularity(recsys::item_counts(data));
  std::vector<ItemAttributes> attributes;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const recsys::Item& item = items[i];
    ItemAttributes known{.quality = item.quality, .clickbait = item.clickbait, .popularity = popularity[i]};
    if (item.minutes && *item.minutes > 0) known.minutes = item.minutes;
    if (!known.quality && ratings.low < ratings.high) {
      known.quality = quality_from_ratings(ratings.sum[i], ratings.count[i],
                                           {.low = ratings.low, .high = ratings.high, .mean = ratings.mean});
    }
    const auto first = topics.topics.begin() + static_cast<std::ptrdiff_t>(topics.offsets[i]);
    known.topics.assign(first, topics.topics.begin() + static_cast<std::ptrdiff_t>(topics.offsets[i + 1]));
    attributes.push_back(std::move(known));
  }
  return attributes;
}

}  // namespace

DataWorld load_data_world(const recsys::Database& db) {
  recsys::Dataset data = recsys::load_dataset(db);
  const std::vector<recsys::Item> items = recsys::list_items(db);
  recsys::ItemTopics topics = recsys::number_topics(items);
  Catalogue catalogue(attributes_of(items, topics, data, recsys::rating_totals(db)), topics.names.size());
  return {std::move(data), std::move(topics.names), std::move(catalogue)};
}

std::unique_ptr<recsys::Recommender> trained_recommender(const recsys::Database& db, const recsys::Dataset& data) {
  if (recsys::find_model(db, "attention", recsys::ModelState::published)) {
    return recsys::load_attention_model(db, data);
  }
  return recsys::make_baseline("popularity", data);
}

}  // namespace infodiet::rl
