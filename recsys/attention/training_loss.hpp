// The loss of a training step: samples negatives and calls the losses of engine/losses.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/distributed/collectives.hpp"
#include "engine/losses/binary_cross_entropy.hpp"
#include "engine/losses/catalogue_cross_entropy.hpp"
#include "engine/losses/sampled_softmax.hpp"
#include "recsys/attention/config.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// Keeps its buffers between steps, so that a step after the first allocates nothing.
class TrainingLoss {
 public:
  /// For a table of `catalogue` items. `data`, from which process 0 draws negatives, and `processes` must outlive the
  /// loss; other processes have no data. Throws DataError if `training` asks for binary cross-entropy without
  /// negatives.
  TrainingLoss(engine::Communicator& processes, std::size_t catalogue, const Dataset* data,
               const TrainingConfig& training);

  /// Inputs of a step's loss; must outlive the step.
  struct Batch {
    /// (R, D) of the output layer the rows that the step names; of the whole catalogue's loss those of own items
    engine::MatrixSpan<const float> outputs;
    std::span<const std::uint32_t> targets;  ///< (T)
    std::span<const float> weights = {};     ///< (T) weight of each; below 0: an unwanted target; empty: all equal
    engine::Range own = engine::all_rows;    ///< the rows of doutputs that this process adds to, if items are drawn
  };

  /// `stop` is called within forward_backward from now on, which ends early once it returns true.
  void stop_when(const std::function<bool()>& stop) {
    catalogue_.stop_when(stop);
    sampled_.stop_when(stop);
  }

  /// Draws the negatives of step number `step`, a function of the seed and the step, for T tokens. Every process of a
  /// job calls this, and all that follow, with the same batch; each gets its own rows of doutputs.
  void draw(engine::ThreadPool& pool, std::uint32_t step, std::size_t tokens);
  /// What was drawn, to be renumbered as rows of outputs; without negatives the whole catalogue counts.
  std::span<std::uint32_t> negatives() { return negatives_; }
  void begin(const Batch& batch);

  /// Whether the gradient of a position's hidden vector is independent of other positions. If so, call hidden_gradient
  /// for all parts of the batch and then table_gradient; if not, forward_backward.
  bool is_by_position() const { return training_.loss != Loss::softmax; }

  /// Whether the loss is over the whole catalogue.
  bool is_of_catalogue() const { return !is_by_position() && training_.negatives == 0; }

  /// For the positions that are in `tokens`, the bounds of those of each process: reads their `hidden`, writes their
  /// `dhidden`, at least of own ones, and adds to doutputs (R, D); returns their share of the mean loss over the batch.
  /// Same bits for any number of threads.
  double forward_backward(engine::ThreadPool& pool, const engine::Bounds& tokens,
                          engine::MatrixSpan<const float> hidden, engine::MatrixSpan<float> dhidden,
                          engine::MatrixSpan<float> doutputs);

  /// For the positions from `first` on, with their vectors `hidden`; disjoint parts may run concurrently, and several
  /// processes may each take the positions between their bounds and then `gather`.
  void hidden_gradient(std::size_t first, engine::MatrixSpan<const float> hidden, engine::MatrixSpan<float> dhidden) {
    binary_.hidden_gradient(first, hidden, dhidden);
  }
  void gather(const engine::Bounds& bounds) { binary_.gather(processes_, bounds); }
  /// Reads hidden (T, D), adds to doutputs (V, D); returns the mean loss. Same bits for any number of threads.
  double table_gradient(engine::ThreadPool& pool, engine::MatrixSpan<const float> hidden,
                        engine::MatrixSpan<float> doutputs) const {
    return binary_.table_gradient(pool, hidden, doutputs, batch_.own);
  }

 private:
  void draw_shared(std::uint32_t step);
  void draw_own(engine::ThreadPool& pool, std::uint32_t step, std::size_t tokens);

  engine::Communicator& processes_;
  std::size_t catalogue_size_;
  const Dataset* data_;
  TrainingConfig training_;
  Batch batch_;
  double total_weight_ = 0;  // of the batch
  engine::CatalogueCrossEntropy<float> catalogue_;
  engine::SampledSoftmax<float> sampled_;
  engine::BinaryCrossEntropy<float> binary_;
  std::vector<double> item_shares_;       // (V) of all interactions
  std::vector<std::uint32_t> negatives_;  // (N) shared by the step, or (T N)
  std::vector<double> log_q_;             // (N)
};

}  // namespace infodiet::recsys
