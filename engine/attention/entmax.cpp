#include "engine/attention/entmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace infodiet::engine {

namespace {

/// The threshold t at which the squares of what halved scores have above it add up to 1. Scores are distances from the
/// largest, those above -1. The sum is convex in t and falls, so Newton's method gets there from below; it is at least
/// as large as if all scores were equal to their mean, so t is not below where it starts.
double threshold(const std::vector<double>& x) {
  const auto count = static_cast<double>(x.size());
  double tau = std::max(-1.0, std::accumulate(x.begin(), x.end(), 0.0) / count - 1 / std::sqrt(count));
  for (int step = 0; step < 50; ++step) {
    double sum = 0;
    double squares = 0;
    for (const double score : x) {
      const double above = std::max(score - tau, 0.0);
      sum += above;
      squares += above * above;
    }
    if (squares < 1 + 1e-14) break;
    tau += (squares - 1) / (2 * sum);
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
  thread_local std::vector<double> near;  // lower ones than the largest by 2 have no weight
  near.clear();
  for (std::size_t i = 0; i < n; ++i) {
    const double x = (static_cast<double>(row[i]) - static_cast<double>(largest)) / 2;
    if (x > -1) near.push_back(x);
  }
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
