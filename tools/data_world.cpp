#include "tools/data_world.hpp"

#include <algorithm>

#include "recsys/attention/model_file.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/ratings.hpp"

namespace infodiet::tools {

namespace {

std::vector<std::string> topic_names(const std::vector<recsys::Item>& items) {
  std::vector<std::string> names;
  for (const recsys::Item& item : items) names.insert(names.end(), item.topics.begin(), item.topics.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<rl::ItemAttributes> attributes_of(const std::vector<recsys::Item>& items,
                                              const std::vector<std::string>& names, const recsys::Dataset& data,
                                              const recsys::RatingTotals& ratings) {
  const std::vector<double> popularity = rl::popularity_of(data);
  std::vector<rl::ItemAttributes> attributes;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const recsys::Item& item = items[i];
    rl::ItemAttributes known{.quality = item.quality, .clickbait = item.clickbait, .popularity = popularity[i]};
    if (item.minutes && *item.minutes > 0) known.minutes = item.minutes;
    if (!known.quality && ratings.low < ratings.high) {
      known.quality = rl::quality_from_ratings(ratings.sum[i], ratings.count[i],
                                               {.low = ratings.low, .high = ratings.high, .mean = ratings.mean});
    }
    for (const std::string& topic : item.topics) {
      const auto number = static_cast<rl::Topic>(std::lower_bound(names.begin(), names.end(), topic) - names.begin());
      if (std::find(known.topics.begin(), known.topics.end(), number) == known.topics.end()) {
        known.topics.push_back(number);
      }
    }
    attributes.push_back(std::move(known));
  }
  return attributes;
}

}  // namespace

DataWorld load_data_world(const recsys::Database& db) {
  recsys::Dataset data = recsys::load_dataset(db);
  const std::vector<recsys::Item> items = recsys::list_items(db);
  std::vector<std::string> names = topic_names(items);
  rl::Catalogue catalogue(attributes_of(items, names, data, recsys::rating_totals(db)), names.size());
  return {std::move(data), std::move(names), std::move(catalogue)};
}

std::unique_ptr<recsys::Recommender> trained_recommender(const recsys::Database& db, const recsys::Dataset& data) {
  if (recsys::find_model(db, "attention", recsys::ModelState::published)) {
    return recsys::load_attention_model(db, data);
  }
  return recsys::make_baseline("popularity", data);
}

}  // namespace infodiet::tools
