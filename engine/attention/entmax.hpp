// 1.5-entmax of rows of scores (Peters, Niculae & Martins 2019): weights that add up to 1 as softmax's do, most of them
// exactly 0.
#pragma once

#include <cstddef>

namespace infodiet::engine {

/// row (n) of scores becomes weights: max(s / 2 - t, 0)^2 with the t at which they add up to 1. Scores of minus
/// infinity get 0; a row of nothing else gets zeros. Exact, by sorting.
template <class T>
void entmax15(T* row, std::size_t n);

/// gradient (n) comes in as that of the weights and leaves as that of the scores: r (g - sum(r g) / sum(r)) with
/// r = sqrt(weights).
template <class T>
void entmax15_backward(const T* weights, T* gradient, std::size_t n);

}  // namespace infodiet::engine
