// The item vectors that one training step reads, and their gradient: only the rows that the batch names, or the whole
// table where it names as many. Each process of a job gets them from the processes whose rows they are, and sums the
// gradient of its own rows. A loss over the whole catalogue reads own rows besides.
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

  /// Reads the rows of these items, and replaces each with the number of its row.
  void read(std::uint32_t step, std::span<const std::span<std::uint32_t>> items);
  /// The same for a loss over the whole catalogue, which reads all own_rows() and adds to own_gradient().
  void read_with_own(std::uint32_t step, std::span<std::uint32_t> items);

  /// (R, D) of the network's input.
  engine::MatrixSpan<const float> rows() const;
  /// (R, D) zero after reading: the gradient of rows(), of own() rows only.
  engine::Matrix<float>& gradient() { return has_all() ? own_gradient_ : gradient_; }
  /// Which of the rows are summed by this process.
  engine::Range own() const { return {bounds_[processes_.rank()], bounds_[processes_.rank() + 1]}; }

  /// (own items, D) as the step reads them; after read_with_own only.
  engine::MatrixSpan<const float> own_rows() const;
  /// (own items, D) their gradient, zero after reading.
  engine::Matrix<float>& own_gradient() { return own_gradient_; }

  /// After read_with_own: what own_gradient() has so far of own() rows is where gradient() goes on from.
  void take_own_gradient();
  /// Call it once the gradient is complete: own_gradient() is then that of the own vectors, and the gradient of
  /// attributes is computed.
  void finish(std::uint32_t step);
  /// The numbers of own_gradient() and room for one more row, until the next step; alone, without.
  std::span<float> own_numbers_with_room();

 private:
  // Whether nothing is to be fetched: own rows are all.
  bool has_all() const { return processes_.is_alone() && is_whole_; }
  std::size_t item_of(std::size_t row) const { return is_whole_ ? row : set_.numbers()[row]; }
  void fetch(std::uint32_t step);
  void write_row(std::uint32_t step, std::size_t item, float* row) const;

  engine::ThreadPool& pool_;
  engine::Communicator& processes_;
  TrainingState& state_;
  NumberSet set_;
  bool is_whole_ = true;
  engine::Bounds bounds_;               // of the rows of each process
  engine::Matrix<float> table_;         // (R, D), unless the state's own table will do
  engine::Matrix<float> gradient_;      // (R, D), unless own_gradient_ will do
  engine::Matrix<float> own_table_;     // (own items, D), unless the state's or table_ will do
  engine::Matrix<float> own_gradient_;  // (own items, D)
};

}  // namespace infodiet::recsys
