// The data set of a database as diets and simulations see it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/ranking/recommender.hpp"
#include "recsys/store/database.hpp"
#include "rl/catalogue.hpp"

namespace infodiet::rl {

struct DataWorld {
  recsys::Dataset data;
  std::vector<std::string> topics;  ///< names, in the order of their numbers
  Catalogue catalogue;
};

/// Everything stored. Quality that is not known is the smoothed mean rating where there are ratings; 0 minutes count
/// as unknown. Throws DataError for attributes out of range.
DataWorld load_data_world(const recsys::Database& db);

/// The published attention model, or popularity where none is trained.
std::unique_ptr<recsys::Recommender> trained_recommender(const recsys::Database& db, const recsys::Dataset& data);

}  // namespace infodiet::rl
