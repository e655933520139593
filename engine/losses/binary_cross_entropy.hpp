// Binary cross-entropy of each position's target against negatives of its own, and gBCE, which corrects its
// overconfidence.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/parallel.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// The weight that gBCE gives the target's term (Petrov & Macdonald 2023, equation 21), in (0, 1].
/// @param sampling_rate  negatives a position / items that can be negatives, in (0, 1]
/// @param calibration    t, from 0 (plain BCE, weight 1) to 1 (weight = sampling rate)
/// Throws Error if either is out of range.
double gbce_weight(double sampling_rate, double calibration);

/// Keeps its buffers between steps, so that a step after the first allocates nothing.
template <class T>
class BinaryCrossEntropy {
 public:
  struct Options {
    double target_weight = 1;  ///< 1 for BCE, gbce_weight(...) for gBCE
  };

  BinaryCrossEntropy() = default;
  explicit BinaryCrossEntropy(const Options& options) : options_(options) {}

  /// The mean over all T (1 + K) terms of -target_weight log sigmoid(hidden[t] . target) and -log sigmoid(-hidden[t] .
  /// negative). A negative that is the position's own target counts as a term of 0.
  /// @param hidden     (T, D)
  /// @param table      (V, D)
  /// @param targets    (T) each under V
  /// @param negatives  (T K) those of position t from t K on, each under V
  /// @param dhidden    (T, D) written: gradient of the mean loss
  /// @param dtable     (V, D) added to
  /// @return the mean loss; 0 for no tokens. Same bits for any number of threads.
  /// Throws ShapeError where shapes disagree or an item is not in the table.
  double forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden, MatrixSpan<const T> table,
                          std::span<const std::uint32_t> targets, std::span<const std::uint32_t> negatives,
                          MatrixSpan<T> dhidden, MatrixSpan<T> dtable);

 private:
  Options options_;
  std::vector<std::uint32_t> items_;  // (T, 1 + K) target, negatives
  Buffer<T> logits_;                  // (T, 1 + K), then their gradient
  std::vector<double> losses_;
};

}  // namespace infodiet::engine
