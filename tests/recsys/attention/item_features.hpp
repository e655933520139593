// What is known of the items of a test: attributes and imported vectors, of some of them.
#pragma once

#include <cstddef>

#include "engine/random.hpp"
#include "engine/tensor.hpp"
#include "recsys/data/sparse_rows.hpp"

namespace infodiet::test {

// One or two of seven attributes for most items, none for the others.
inline recsys::SparseRows kinds_of(std::size_t items) {
  recsys::SparseRows kinds;
  for (recsys::ItemIndex item = 0; item < items; ++item) {
    if (item % 5 == 1) {
      kinds.entries.insert(kinds.entries.end(), {{item % 4, 0.6F}, {4 + item % 3, 0.8F}});
    } else if (item % 5 > 1) {
      kinds.entries.push_back({item % 7, 1.0F});
    }
    kinds.offsets.push_back(kinds.entries.size());
  }
  return kinds;
}

// Vectors of five dimensions for most items, 0 for the others.
inline engine::Matrix<float> vectors_of(std::size_t items) {
  engine::RandomStream random(6, engine::Purpose::test);
  engine::Matrix<float> vectors;
  vectors.resize({items, 5});
  for (std::size_t item = 0; item < items; ++item) {
    for (std::size_t d = 0; d < 5; ++d) vectors(item, d) = item % 3 == 0 ? 0 : static_cast<float>(random.normal() / 2);
  }
  return vectors;
}

}  // namespace infodiet::test
