#include "rl/environments/data_world.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "engine/shape.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/evaluation/diversity.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::rl {

namespace {

Catalogue catalogue_of(const recsys::ItemTable& items, const recsys::Dataset& data,
                       const recsys::RatingTotals& ratings) {
  const std::vector<double> popularity = recsys::smoothed_popularity(recsys::item_counts(data));
  Catalogue catalogue(items.topics().names.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const recsys::ItemRow item = items[i];
    ItemAttributes known{.quality = item.quality, .clickbait = item.clickbait, .popularity = popularity[i]};
    if (item.minutes && *item.minutes > 0) known.minutes = item.minutes;
    if (!known.quality && ratings.low < ratings.high) {
      known.quality = quality_from_ratings(ratings.sum[i], ratings.count[i],
                                           {.low = ratings.low, .high = ratings.high, .mean = ratings.mean});
    }
    const std::span<const std::uint32_t> topics = items.topics().of(i);
    known.topics.assign(topics.begin(), topics.end());
    catalogue.add(known);
  }
  return catalogue;
}

std::size_t stretch_of(const recsys::Dataset& data) {
  constexpr std::size_t longest = 20;
  std::vector<std::size_t> lengths;
  for (std::size_t user = 0; user < data.users(); ++user) {
    if (const std::size_t length = data.history(user).size(); length > 0) lengths.push_back(length);
  }
  if (lengths.empty()) return longest;
  const auto lowest_tenth = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 10);
  std::nth_element(lengths.begin(), lowest_tenth, lengths.end());
  return std::min(longest, *lowest_tenth);
}

}  // namespace

DataWorld make_data_world(std::shared_ptr<const recsys::Dataset> histories, const recsys::ItemTable& items,
                          const recsys::RatingTotals& ratings) {
  constexpr auto cause = "are they from the same state of the file?";
  engine::require_size(items.size(), histories->catalogue_size(), "data world", "the number of items", cause);
  engine::require_size(ratings.sum.size(), items.size(), "data world", "the number of items with ratings", cause);
  const recsys::Dataset& data = *histories;
  return {std::move(histories), data, items.topics().names, catalogue_of(items, data, ratings), stretch_of(data)};
}

DataWorld load_data_world(const recsys::Database& db) {
  const recsys::Snapshot snapshot(db);
  return make_data_world(std::make_shared<const recsys::Dataset>(recsys::load_dataset(db)), recsys::load_item_table(db),
                         recsys::rating_totals(db));
}

std::unique_ptr<recsys::Recommender> trained_recommender(const recsys::Database& db, const recsys::Dataset& data) {
  if (recsys::find_model(db, recsys::attention_model, recsys::ModelState::published)) {
    return recsys::load_attention_model(db, data);
  }
  return recsys::make_baseline("popularity", data);
}

CatalogueEnvironment make_catalogue(const DataWorld& world, const recsys::Recommender& recommender,
                                    std::span<const std::string> assignments, const RewardWeights& reward) {
  const CatalogueOptions options =
      recsys::read_options(CatalogueEnvironment::id, CatalogueEnvironment::settings(), assignments);
  std::vector<Person> people;
  // Without items or people the environment's error is better than the recommender's.
  if (world.catalogue.size() > 0 && world.catalogue.topics() > 0 && world.data.users() > 0) {
    people = people_of(world.data, world.catalogue, recommender, CatalogueEnvironment::offers_needed(options));
  }
  return {world.catalogue, std::move(people), reward, options};
}

}  // namespace infodiet::rl
