// Full softmax cross-entropy over a catalogue whose item vectors are also the output layer. The (T, V) logits never
// exist at once: a tile of tokens goes through logits, loss and gradient before the next. The catalogue is cut into
// eighths, whose normalisers and gradients are put together in a fixed order, so that each of several processes may
// have some of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/distributed/tree_sum.hpp"
#include "engine/losses/token_weights.hpp"
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

  /// Several processes call forward_backward from now on, with the same hidden vectors and targets, and each with its
  /// share of the rows of a table of `items`, and of dtable. The loss is known to all; the bits are those of one
  /// process. `processes` must outlive its use.
  void share_among(Communicator& processes, std::size_t items) {
    processes_ = &processes;
    items_ = items;
    sum_.emplace(processes, 8);
  }
  /// Of which tokens each process gets dhidden, the first of them being the first of the next batch.
  void want_tokens(const Bounds& bounds) { wanted_ = bounds; }

 private:
  // Tokens whose logits are in memory together.
  struct Tile {
    std::size_t first;
    MatrixSpan<const T> hidden;
    MatrixSpan<const T> table;
    std::span<const std::uint32_t> targets;
    MatrixSpan<T> dtable;
  };
  // What is known of a token's logits with an eighth of the items.
  struct Summary {
    T largest;
    T total;   // of their exponentials, less the largest
    T target;  // the target's logit, or 0 where it is of another eighth
  };

  Range rows_of(std::size_t eighth) const;
  MatrixSpan<T> logits_of(std::size_t eighth, std::size_t tokens);
  void start(std::size_t tokens, std::size_t tile_tokens, MatrixSpan<const T> table);
  void score(const Tile& tile, std::size_t eighth);
  void combine(const Tile& tile, const TokenWeights<T>& weights, std::size_t r);
  void gradient(const Tile& tile, std::size_t eighth);
  void finish(ThreadPool& pool, MatrixSpan<T> dhidden);

  std::function<bool()> stop_;
  Communicator* processes_ = &alone();
  std::size_t items_ = 0;  // V, of all processes
  std::optional<TreeSum<T>> sum_{std::in_place, alone(), 8};
  Bounds wanted_;  // empty: all tokens
  std::span<const T> weights_;
  std::optional<double> total_;
  Buffer<T> tile_;                  // (tokens of a tile, own items) by eighths: logits, then their gradient
  std::vector<Summary> summaries_;  // (8, tokens of a tile)
  std::vector<T> factors_;          // (8, tokens of a tile) of the exponentials, to be the gradient
  std::vector<T> target_scales_;    // (tokens of a tile) what is taken off the target's
  Buffer<T> partial_;               // (own eighths, dhidden_rows_, D) each one's part of dhidden
  std::vector<T*> leaves_;          // in partial_
  std::size_t dhidden_rows_ = 0;    // of a tile, or in a job T
  Bounds bounds_;                   // of the numbers of dhidden that each process gets
  std::vector<double> losses_;
};

}  // namespace infodiet::engine
