#include "engine/attention/entmax.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace infodiet::engine {

namespace {

/// The threshold t of halved scores x, sorted, the largest first and 0. If k of them are above it, t = mean - sqrt((1 -
/// sum of squared distances from the mean) / k), of those k; k is the largest for which t < x_k.
double threshold(const std::vector<double>& x) {
  double sum = 0;
  double squares = 0;
  double tau = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    sum += x[k];
    squares += x[k] * x[k];
    const auto count = static_cast<double>(k + 1);
    const double mean = sum / count;
    const double room = (1 - (squares - sum * mean)) / count;
    if (room < 0) break;
    const double next = mean - std::sqrt(room);
    if (next > x[k]) break;
    tau = next;
  }
  return tau;
}

}  // namespace

template <class T>
void entmax15(T* row, std::size_t n) {
  const T largest = n == 0 ? T{0} : *std::max_element(row, row + n);
  if (largest == -std::numeric_limits<T>::infinity()) {
    std::fill_n(row, n, T{0});
    return;
  }
  std::vector<double> near;  // lower ones than the largest by 2 have no weight
  for (std::size_t i = 0; i < n; ++i) {
    const double x = (static_cast<double>(row[i]) - static_cast<double>(largest)) / 2;
    if (x > -1) near.push_back(x);
  }
  std::sort(near.begin(), near.end(), std::greater<>());
  const double tau = threshold(near);
  for (std::size_t i = 0; i < n; ++i) {
    const double above = (static_cast<double>(row[i]) - static_cast<double>(largest)) / 2 - tau;
    row[i] = above > 0 ? static_cast<T>(above * above) : T{0};
  }
}

template <class T>
void entmax15_backward(const T* weights, T* gradient, std::size_t n) {
  T roots = 0;
  T weighed = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const T root = std::sqrt(weights[i]);
    roots += root;
    weighed += root * gradient[i];
  }
  const T mean = roots == T{0} ? T{0} : weighed / roots;
  for (std::size_t i = 0; i < n; ++i) gradient[i] = std::sqrt(weights[i]) * (gradient[i] - mean);
}

template void entmax15(float*, std::size_t);
template void entmax15(double*, std::size_t);
template void entmax15_backward(const float*, float*, std::size_t);
template void entmax15_backward(const double*, double*, std::size_t);

}  // namespace infodiet::engine
