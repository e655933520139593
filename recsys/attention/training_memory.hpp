// How much memory training needs, and whether the machine has it.
#pragma once

#include <cstddef>

#include "recsys/attention/config.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// Who trains.
struct TrainingJob {
  std::size_t processes = 1;
  std::size_t trained = 0;  ///< other members of the same model, which are kept in memory
};

/// Approximate peak memory of training in process 0, in bytes: weights, their gradients and moments, the best weights
/// so far, other members' weights, and a batch's activations. Excludes histories and the program itself.
double training_memory(const Dataset& data, const AttentionConfig& config, const TrainingConfig& training,
                       const TrainingJob& job = {});

/// Throws Error with both figures if that is more than the machine has or the process may use.
void require_training_memory(const Dataset& data, const AttentionConfig& config, const TrainingConfig& training,
                             const TrainingJob& job = {});

}  // namespace infodiet::recsys
