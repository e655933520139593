// 1.5-entmax of rows of scores (Peters, Niculae & Martins 2019): weights that sum to 1, most of them exactly 0.
#pragma once

#include <cstddef>

namespace infodiet::engine {

/// Turns `row` (n) from scores into weights max(s / 2 - t, 0)^2, with t such that they sum to 1. Scores of minus
/// infinity get 0; a row of nothing else gets zeros. Exact but for rounding.
template <class T>
void entmax15(T* row, std::size_t n);

/// `gradient` (n) is that of the weights on entry and that of the scores on return: r (g - sum(r g) / sum(r)) with r =
/// sqrt(weights).
template <class T>
void entmax15_backward(const T* weights, T* gradient, std::size_t n);

}  // namespace infodiet::engine
