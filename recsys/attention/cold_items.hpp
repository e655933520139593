// Vectors for items that training has not seen.
#pragma once

#include <vector>

#include "engine/tensor.hpp"
#include "recsys/ranking/item_vectors.hpp"
#include "recsys/store/item_topics.hpp"

namespace infodiet::recsys {

/// Which items have no trained vector, and the topics that replace it.
struct ColdItems {
  std::vector<bool> cold;  ///< (V)
  ItemTopics topics;       ///< of all V items
};

/// vectors (V, D): every cold row becomes the mean, over the item's topics, of the mean row of the trained items of
/// that topic; if none has any of its topics, the mean of all trained rows. So a cold item scores what items of its
/// topics score on average. Throws ShapeError if sizes differ.
void fill_cold_rows(const ColdItems& items, engine::Matrix<float>& vectors);

/// The same rows without changing `vectors`; items of the same topics share one.
ItemVectors::Substitutes cold_rows(const ColdItems& items, const ItemVectors& vectors);

}  // namespace infodiet::recsys
