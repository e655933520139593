// Full softmax cross-entropy over a catalogue whose item vectors are also the output layer. The (T, V) logits never
// exist at once: a tile of tokens goes through logits, loss and gradient before the next.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/distributed/collectives.hpp"
#include "engine/matrix_span.hpp"
#include "engine/parallel.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Keeps its tile between steps, so that a step after the first allocates nothing.
template <class T>
class CatalogueCrossEntropy {
 public:
  /// The mean over tokens of -log softmax(hidden[t] table^T)[targets[t]].
  /// @param hidden   (T, D)
  /// @param table    (V, D)
  /// @param targets  (T) each under V
  /// @param dhidden  (T, D) written: gradient of the mean loss
  /// @param dtable   (V, D) added to
  /// @return the mean loss; 0 for no tokens. Same bits for any number of threads.
  /// Throws ShapeError if shapes differ or a target is not in the table.
  double forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden, MatrixSpan<const T> table,
                          std::span<const std::uint32_t> targets, MatrixSpan<T> dhidden, MatrixSpan<T> dtable);

  /// Weights (T) of the mean over the next batches' tokens; empty: all equal. A negative weight marks an unwanted
  /// target: its loss is -log(1 - softmax(...)[target]), weighted by the absolute value. Must outlive its use.
  /// @param total  what the mean divides by, if the tokens are a part of a batch; the parts' losses add up to its loss
  void set_weights(std::span<const T> weights, std::optional<double> total = {}) {
    weights_ = weights;
    total_ = total;
  }

  /// `stop` is called between tiles from now on. Once it returns true the rest is skipped, and the result is
  /// meaningless.
  void stop_when(std::function<bool()> stop) { stop_ = std::move(stop); }

  /// Several processes call forward_backward from now on, with the same arguments. Loss and dhidden are complete
  /// everywhere, of dtable each process's share of the rows; the bits are those of one process. `processes` must
  /// outlive its use.
  void share_among(Communicator& processes) { processes_ = &processes; }

 private:
  // After each process's tokens of a tile: their dhidden and losses are known to all, and of the tile its columns.
  void exchange(MatrixSpan<T> tile, std::size_t first, MatrixSpan<T> dhidden);

  std::function<bool()> stop_;
  Communicator* processes_ = &alone();
  std::span<const T> weights_;
  std::optional<double> total_;
  Buffer<T> tile_;    // (tokens of a tile, V) logits, then their gradient
  Buffer<T> packed_;  // what is exchanged of it
  std::vector<double> losses_;
};

}  // namespace infodiet::engine
