// Bipartite matching, small and exact: which prediction stands for which thing when a set is predicted (Carion et al.
// 2020, DETR).
#pragma once

#include <cstddef>
#include <vector>

#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Assigns to each row of `cost` (R, C), R <= C, a column of its own so that the total cost is least: shortest
/// augmenting paths (Kuhn 1955 with the potentials of Jonker & Volgenant 1987), R^2 C steps. Throws ShapeError where
/// there are more rows than columns, Error where a cost is not finite.
std::vector<std::size_t> assign(const Matrix<double>& cost);

}  // namespace infodiet::engine
