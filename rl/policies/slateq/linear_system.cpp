#include "rl/policies/slateq/linear_system.hpp"

#include <cmath>

namespace infodiet::rl {

void NormalEquations::add(std::span<const double> features, double target, double weight) {
  for (std::size_t i = 0; i < size_; ++i) {
    if (features[i] == 0) continue;
    const double scaled = weight * features[i];
    right_[i] += scaled * target;
    for (std::size_t j = 0; j <= i; ++j) matrix_[i * size_ + j] += scaled * features[j];
  }
}

void NormalEquations::add(const NormalEquations& other) {
  for (std::size_t i = 0; i < matrix_.size(); ++i) matrix_[i] += other.matrix_[i];
  for (std::size_t i = 0; i < right_.size(); ++i) right_[i] += other.right_[i];
}

std::vector<double> NormalEquations::solve(double ridge) const {
  std::vector<double> l = matrix_;
  std::vector<double> w = right_;
  for (std::size_t i = 0; i < size_; ++i) {
    l[i * size_ + i] += ridge;
    for (std::size_t j = 0; j <= i; ++j) {
      double entry = l[i * size_ + j];
      for (std::size_t k = 0; k < j; ++k) entry -= l[i * size_ + k] * l[j * size_ + k];
      l[i * size_ + j] = i == j ? std::sqrt(entry) : entry / l[j * size_ + j];
    }
  }
  for (std::size_t i = 0; i < size_; ++i) {
    for (std::size_t k = 0; k < i; ++k) w[i] -= l[i * size_ + k] * w[k];
    w[i] /= l[i * size_ + i];
  }
  for (std::size_t i = size_; i-- > 0;) {
    for (std::size_t k = i + 1; k < size_; ++k) w[i] -= l[k * size_ + i] * w[k];
    w[i] /= l[i * size_ + i];
  }
  return w;
}

}  // namespace infodiet::rl
