// The loss of a training step: which items each position is contrasted with, and the gradients of that. The losses
// themselves are engine/losses'.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/losses/binary_cross_entropy.hpp"
#include "engine/losses/catalogue_cross_entropy.hpp"
#include "engine/losses/sampled_softmax.hpp"
#include "engine/parallel.hpp"
#include "recsys/attention/config.hpp"
#include "recsys/dataset.hpp"

namespace infodiet::recsys {

/// Keeps its buffers between steps, so that a step after the first allocates nothing.
class TrainingLoss {
 public:
  /// `data` must outlive the loss. Throws DataError where `training` asks for binary cross-entropy without negatives.
  TrainingLoss(const Dataset& data, const TrainingConfig& training);

  /// What a step's loss reads.
  struct Inputs {
    engine::MatrixSpan<const float> hidden;   ///< (T, D)
    engine::MatrixSpan<const float> outputs;  ///< (V, D) what hidden vectors are multiplied with
    std::span<const std::uint32_t> targets;   ///< (T)
  };

  /// The mean loss of step number `step`. Writes dhidden (T, D), adds to doutputs (V, D). Negatives are a function of
  /// the seed and the step. Same bits for any number of threads.
  double forward_backward(engine::ThreadPool& pool, std::uint32_t step, const Inputs& in,
                          engine::MatrixSpan<float> dhidden, engine::MatrixSpan<float> doutputs);

 private:
  void draw_shared(std::uint32_t step);
  void draw_own(engine::ThreadPool& pool, std::uint32_t step, std::size_t tokens);

  const Dataset& data_;
  TrainingConfig training_;
  engine::CatalogueCrossEntropy<float> catalogue_;
  engine::SampledSoftmax<float> sampled_;
  engine::BinaryCrossEntropy<float> binary_;
  std::vector<double> item_shares_;       // (V) of all interactions
  std::vector<std::uint32_t> negatives_;  // (N) shared by the step, or (T N)
  std::vector<double> log_q_;             // (N)
};

}  // namespace infodiet::recsys
