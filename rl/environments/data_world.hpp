// The data set of a database as diets and simulations use it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/ranking/recommender.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/item_table.hpp"
#include "recsys/store/ratings.hpp"
#include "rl/catalogue.hpp"
#include "rl/environments/catalogue.hpp"

namespace infodiet::rl {

/// Histories, topics and items.
struct DataWorld {
  std::shared_ptr<const recsys::Dataset> histories;
  const recsys::Dataset& data;      ///< the same
  std::vector<std::string> topics;  ///< names, in the order of their numbers
  Catalogue catalogue;
  std::size_t
      stretch;  ///< consecutive items over which diets are compared: 20, or what nine people in ten have consumed
};

/// `histories` with the attributes of its items. Unknown quality becomes the smoothed mean rating, if there are
/// ratings; 0 minutes count as unknown. `items` and `ratings` must come from the same state of the file: throws
/// ShapeError if their sizes differ, DataError for attributes out of range.
DataWorld make_data_world(std::shared_ptr<const recsys::Dataset> histories, const recsys::ItemTable& items,
                          const recsys::RatingTotals& ratings);

/// Everything stored, from one snapshot of the file.
DataWorld load_data_world(const recsys::Database& db);

/// The published attention model, or popularity if there is none.
std::unique_ptr<recsys::Recommender> trained_recommender(const recsys::Database& db, const recsys::Dataset& data);

/// The environment `catalogue` of everybody in `world`, with the settings of `assignments` ("name=value") and the
/// recommender's offers. Throws SettingError, DataError.
CatalogueEnvironment make_catalogue(const DataWorld& world, const recsys::Recommender& recommender,
                                    std::span<const std::string> assignments, const RewardWeights& reward);

}  // namespace infodiet::rl
