// Made-up vectors of items and of people, of length 1 and as correlated as trained ones: a few directions hold most of
// the variance.
#pragma once

#include <cstddef>

#include "engine/tensor.hpp"

namespace infodiet::bench {

/// (items, width), cached until another size is requested.
const engine::Matrix<float>& item_vectors(std::size_t items, std::size_t width);

/// (64, width) to search with.
const engine::Matrix<float>& query_vectors(std::size_t width);

}  // namespace infodiet::bench
