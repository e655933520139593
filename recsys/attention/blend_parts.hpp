// The parts that an attention model is blended with, computed from a data set.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "recsys/attention/config.hpp"
#include "recsys/data/dataset.hpp"
#include "recsys/data/sparse_rows.hpp"
#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

struct BlendParts {
  std::vector<std::shared_ptr<const Recommender>> models;
  std::string without;  ///< why one that was requested is missing, or empty
};

/// All parts that `training` does not leave out, from the training data. `attributes` (V, A) are those of the items
/// (recsys/store/item_attributes.hpp).
BlendParts make_blend_parts(const Dataset& data, const TrainingConfig& training, const SparseRows& attributes);

}  // namespace infodiet::recsys
