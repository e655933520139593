// Imported vectors of items, as models read them.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/tensor.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// The length of the stored vectors; nothing if there are none. Throws DamagedError if it is no number of floats.
std::optional<std::size_t> item_vector_dimensions(const Database& db);

/// Loads (V, D): each dimension centred and scaled to variance 1 over the items that have a vector, then each vector
/// scaled to length 1. Dimensions without variance, and rows of items without a vector, are 0. Empty if no item has
/// one. Throws DamagedError if the vectors differ in length or hold a number that is not finite.
engine::Matrix<float> load_item_vectors(const Database& db);

}  // namespace infodiet::recsys
