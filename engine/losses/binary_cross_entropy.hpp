// Binary cross-entropy of each position's target against its own negatives, and gBCE, which corrects its
// overconfidence.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/distributed/collectives.hpp"
#include "engine/layers/embedding.hpp"
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

  /// Targets and negatives of a batch; must outlive its use.
  struct Batch {
    MatrixSpan<const T> table;                 ///< (V, D)
    std::span<const std::uint32_t> targets;    ///< (T) each under V
    std::span<const std::uint32_t> negatives;  ///< (T K) those of position t from t K on, each under V
    /// (T) weight of each position; empty: all equal. A negative weight marks an unwanted target: its term is that of a
    /// negative, weighted by the absolute value.
    std::span<const T> weights = {};
  };

  /// The mean over all T (1 + K) terms of -target_weight log sigmoid(hidden[t] . target) and -log sigmoid(-hidden[t] .
  /// negative). A negative that is the position's own target counts as a term of 0.
  /// @param hidden     (T, D)
  /// @param dhidden    (T, D) written: gradient of the mean loss
  /// @param dtable     (V, D) added to
  /// @return the mean loss; 0 for no tokens. Same bits for any number of threads.
  /// Throws ShapeError if shapes differ or an item is not in the table.
  double forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden, const Batch& batch, MatrixSpan<T> dhidden,
                          MatrixSpan<T> dtable);

  // The same in steps, for callers that process a batch in parts that fit the cache: begin, then hidden_gradient for
  // each part, then table_gradient.

  /// Throws ShapeError if shapes differ or an item is not in the table.
  void begin(const Batch& batch);
  /// Writes dhidden for the part of the batch from token `first` on, whose vectors are `hidden`. Disjoint parts may run
  /// concurrently; the bits depend on how the batch is cut. Throws ShapeError if the part is outside the batch.
  void hidden_gradient(std::size_t first, MatrixSpan<const T> hidden, MatrixSpan<T> dhidden);
  /// Where several processes have called hidden_gradient for parts of the batch, each for the tokens between its
  /// `bounds`: what they found is then known to all.
  void gather(Communicator& processes, const Bounds& bounds);
  /// @param hidden  (T, D) of the whole batch
  /// @param own     the rows of dtable to add to; the others are left
  /// @return the mean loss
  double table_gradient(ThreadPool& pool, MatrixSpan<const T> hidden, MatrixSpan<T> dtable,
                        const Range& own = all_rows) const;

 private:
  Options options_;
  Batch batch_;
  std::size_t drawn_ = 0;       // negatives per token
  Buffer<T> target_logits_;     // (T), then their gradient
  Buffer<T> negative_logits_;   // (T, K), then their gradient
  std::vector<double> losses_;  // (T) of a part, at its first token
};

}  // namespace infodiet::engine
