#include "engine/attention/entmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace infodiet::engine {

namespace {

/// How far x is above 0; no branch, which would be guessed wrong half the time.
double above(double x) {
  return (x + std::abs(x)) / 2;
}

/// The threshold t at which the squares of what halved scores have above it add up to 1. Scores are distances from the
/// largest, an even number of them, those below -1 as -1. The root of that sum is convex in t and falls, so Newton's
/// method gets there from below. It is at least as large as if all scores were equal to their mean, so t is not below
/// where it starts.
double threshold(const std::vector<double>& x) {
  const auto count = static_cast<double>(x.size());
  double tau = std::max(-1.0, std::accumulate(x.begin(), x.end(), 0.0) / count - 1 / std::sqrt(count));
  for (int step = 0; step < 50; ++step) {
    double sum[2] = {};  // two that do not wait for each other
    double squares[2] = {};
    for (std::size_t i = 0; i < x.size(); i += 2) {
      const double a = above(x[i] - tau);
      const double b = above(x[i + 1] - tau);
      sum[0] += a;
      sum[1] += b;
      squares[0] += a * a;
      squares[1] += b * b;
    }
    const double root = std::sqrt(squares[0] + squares[1]);
    if (root < 1 + 1e-14) break;
    tau += (root - 1) * root / (sum[0] + sum[1]);
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
  thread_local std::vector<double> x;
  x.assign((n + 1) / 2 * 2, -1);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = std::max((static_cast<double>(row[i]) - static_cast<double>(largest)) / 2, -1.0);
  }
  const double tau = threshold(x);
  for (std::size_t i = 0; i < n; ++i) {
    const double root = above(x[i] - tau);
    row[i] = static_cast<T>(root * root);
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
