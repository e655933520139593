// The data set of a database as diets and simulations see it.
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

struct DataWorld {
  std::shared_ptr<const recsys::Dataset> histories;
  const recsys::Dataset& data;      ///< the same
  std::vector<std::string> topics;  ///< names, in the order of their numbers
  Catalogue catalogue;
  std::size_t stretch;  ///< items in a row that diets are compared over: 20, or what nine people in ten have consumed
};

/// `histories` with all that is stored of its items. Quality that is not known is the smoothed mean rating where there
/// are ratings; 0 minutes count as unknown. `items` and `ratings` are of the state of the file that the histories are
/// of: throws ShapeError where their numbers differ, DataError for attributes out of range.
DataWorld make_data_world(std::shared_ptr<const recsys::Dataset> histories, const recsys::ItemTable& items,
                          const recsys::RatingTotals& ratings);

/// Everything stored, from one state of the file.
DataWorld load_data_world(const recsys::Database& db);

/// The published attention model, or popularity where none is trained.
std::unique_ptr<recsys::Recommender> trained_recommender(const recsys::Database& db, const recsys::Dataset& data);

/// The environment `catalogue` of everybody in `world`, with the settings of `assignments` ("name=value") and what the
/// recommender offers them. Throws SettingError, DataError.
CatalogueEnvironment make_catalogue(const DataWorld& world, const recsys::Recommender& recommender,
                                    std::span<const std::string> assignments, const RewardWeights& reward);

}  // namespace infodiet::rl
