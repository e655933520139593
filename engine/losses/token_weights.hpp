// How much each token counts in a loss.
#pragma once

#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>

#include "engine/shape.hpp"

namespace infodiet::engine {

/// Weights of a mean over tokens. A negative weight marks an unwanted target, and counts by its absolute value.
template <class T>
class TokenWeights {
 public:
  /// @param weights  (T), or empty: all equal. Throws ShapeError unless there is one for each token.
  /// @param total    what the mean divides by, if not the sum of these: that of a batch of which they are a part
  TokenWeights(const char* where, std::span<const T> weights, std::size_t tokens, std::optional<double> total = {})
      : weights_(weights), total_(static_cast<double>(tokens)) {
    if (!weights.empty()) {
      require_size(weights.size(), tokens, where, "the number of weights", "one for each token");
      total_ = std::accumulate(weights.begin(), weights.end(), 0.0,
                               [](double sum, T weight) { return sum + std::abs(static_cast<double>(weight)); });
    }
    total_ = total.value_or(total_);
  }

  bool are_equal() const { return weights_.empty(); }
  double total() const { return total_; }
  T weight(std::size_t token) const { return weights_.empty() ? T{1} : std::abs(weights_[token]); }
  bool is_unwanted(std::size_t token) const { return !weights_.empty() && weights_[token] < 0; }
  /// The token's share of the mean; 0 if no token counts.
  T share(std::size_t token) const { return total_ > 0 ? weight(token) / static_cast<T>(total_) : T{0}; }
  /// @param losses  (T)
  double mean(std::span<const double> losses) const {
    double sum = 0;
    for (std::size_t t = 0; t < losses.size(); ++t) sum += losses[t] * static_cast<double>(weight(t));
    return total_ > 0 ? sum / total_ : 0;
  }

 private:
  std::span<const T> weights_;
  double total_;
};

}  // namespace infodiet::engine
