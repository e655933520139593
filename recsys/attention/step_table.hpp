// The item vectors that one training step reads, and their gradient: only the rows that the batch names, or the whole
// table where the loss is over the whole catalogue or the batch names about as many. Each process of a job gets them
// from the processes whose rows they are, and sums the gradient of its own rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recsys/attention/number_set.hpp"
#include "recsys/attention/training_state.hpp"

namespace infodiet::recsys {

class StepTable {
 public:
  /// The state must outlive it.
  StepTable(engine::ThreadPool& pool, engine::Communicator& processes, TrainingState& state);

  /// Reads the rows for a step whose loss is over the whole catalogue.
  void read_all(std::uint32_t step);
  /// Reads those of these items, and replaces each with the number of its row.
  void read(std::uint32_t step, std::span<const std::span<std::uint32_t>> items);

  /// (R, D) of the network's input.
  engine::MatrixSpan<const float> rows() const;
  /// (R, D) zero after reading: the gradient of rows(), of own() rows only.
  engine::Matrix<float>& gradient() { return is_state_itself() ? own_gradient_ : gradient_; }
  /// Which of the rows are summed by this process.
  engine::Range own() const { return {bounds_[processes_.rank()], bounds_[processes_.rank() + 1]}; }

  /// Call it once the gradient is complete; the gradients of own vectors and of attributes follow from it.
  void finish(std::uint32_t step);
  /// (rows of this process, D) and room for one more row.
  engine::Matrix<float>& own_gradient() { return own_gradient_; }

 private:
  bool is_state_itself() const { return processes_.is_alone() && is_whole_; }
  std::size_t item_of(std::size_t row) const { return is_whole_ ? row : set_.numbers()[row]; }
  void fetch(std::uint32_t step);

  engine::ThreadPool& pool_;
  engine::Communicator& processes_;
  TrainingState& state_;
  NumberSet set_;
  bool is_whole_ = true;
  engine::Bounds bounds_;               // of the rows of each process
  engine::Matrix<float> table_;         // (R, D), unless the state's own table will do
  engine::Matrix<float> gradient_;      // (R, D), unless own_gradient_ will do
  engine::Matrix<float> own_gradient_;  // (own items + 1, D); alone without the last row
};

}  // namespace infodiet::recsys
