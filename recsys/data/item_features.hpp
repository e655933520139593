// What is known of items beside who consumed them, as the attention model learns from it.
#pragma once

#include "engine/tensor.hpp"
#include "recsys/data/sparse_rows.hpp"

namespace infodiet::recsys {

struct ItemFeatures {
  SparseRows attributes;               ///< (V, A) recsys/store/item_attributes.hpp
  engine::Matrix<float> vectors = {};  ///< (V, D) recsys/store/item_vectors.hpp, or empty
};

}  // namespace infodiet::recsys
