// Softmax cross-entropy over the target and a few sampled items instead of the whole catalogue.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/distributed/collectives.hpp"
#include "engine/layers/embedding.hpp"
#include "engine/matrix_span.hpp"
#include "engine/parallel.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Keeps its buffers between steps, so that a step after the first allocates nothing.
template <class T>
class SampledSoftmax {
 public:
  /// Targets of a batch, and negatives that all its positions share.
  struct Batch {
    MatrixSpan<const T> table;                 ///< (V, D)
    std::span<const std::uint32_t> targets;    ///< (T) each under V
    std::span<const std::uint32_t> negatives;  ///< (N) drawn with replacement, each under V
    std::span<const double> log_q;             ///< (N) logarithm of the probability that one draw gives the item
    /// (T) weight of each position; empty: all equal. A negative weight marks an unwanted target: its loss is -log(1 -
    /// softmax of the target), weighted by the absolute value.
    std::span<const T> weights = {};
    std::optional<double> total = {};  ///< of weights, if the positions are a part of a batch; the losses add up
    Range own = all_rows;              ///< the rows of dtable to add to; the others are left
  };

  /// The mean over tokens of -log softmax over (target, negatives) of the target. A negative's logit is lowered by
  /// log(N Q), which makes the sum over negatives an unbiased estimate of the sum over the catalogue (Bengio & Senecal
  /// 2008; Yi et al. 2019); the target's is not. A negative that equals the position's target is skipped.
  /// @param hidden   (T, D)
  /// @param dhidden  (T, D) written: gradient of the mean loss
  /// @param dtable   (V, D) added to
  /// @return the mean loss; 0 for no tokens. Same bits for any number of threads.
  /// Throws ShapeError if shapes differ or an item is not in the table.
  double forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden, const Batch& batch, MatrixSpan<T> dhidden,
                          MatrixSpan<T> dtable);

  /// `stop` is called between tiles from now on. Once it returns true the rest is skipped, and the result is
  /// meaningless.
  void stop_when(std::function<bool()> stop) { stop_ = std::move(stop); }

  /// Several processes call forward_backward from now on, with the same arguments except for `own`. Loss and dhidden
  /// are complete everywhere; the bits are those of one process. `processes` must outlive its use.
  void share_among(Communicator& processes) { processes_ = &processes; }

 private:
  // After each process's tokens of a tile: what came of them is known to all, and of the negatives' logits its columns.
  void exchange(MatrixSpan<T> negatives, std::size_t first, MatrixSpan<T> dhidden);

  std::function<bool()> stop_;
  Communicator* processes_ = &alone();
  void begin(const Batch& batch, std::size_t tokens);
  // Logits (rows, 1 + N) of the tokens from `first` on, then their gradient and that of the hidden vectors.
  void hidden_gradient(const Batch& batch, std::size_t first, MatrixSpan<const T> hidden, MatrixSpan<T> logits,
                       MatrixSpan<T> dhidden);

  Matrix<T> negative_vectors_;   // (N, D)
  Matrix<T> dnegative_vectors_;  // (N, D)
  Matrix<T> dtarget_vectors_;    // (T, D)
  Buffer<T> corrections_;        // (N)
  Buffer<T> tile_;               // (tokens of a tile, 1 + N) logits, the target's first, then their gradient
  Buffer<T> packed_;             // what is exchanged of it
  std::vector<double> losses_;
};

}  // namespace infodiet::engine
