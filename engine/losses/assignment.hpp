// Bipartite matching, small and exact: which prediction belongs to which element when a set is predicted (Carion et al.
// 2020, DETR).
#pragma once

#include <cstddef>
#include <vector>

#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Assigns each row of `cost` (R, C), R <= C, its own column at the least total cost: shortest
/// augmenting paths (Kuhn 1955 with the potentials of Jonker & Volgenant 1987), O(R^2 C). Returns the column of each
/// row. Throws ShapeError if there are more rows than columns, Error if a cost is not finite.
std::vector<std::size_t> assign(const Matrix<double>& cost);

}  // namespace infodiet::engine
