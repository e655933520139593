// What training steps are made of: histories cut into examples, shuffled every epoch, a batch of them a step. Knows no
// weights and no gradients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/distributed/communicator.hpp"
#include "recsys/attention/config.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// How batches are cut into shards. A large batch is run in rounds where activations wait for a loss that needs those
/// of many tokens, so that only one round's are in memory.
struct ShardPlan {
  std::size_t a_round = 0;         ///< shards of a round, at most
  std::size_t tokens_a_round = 0;  ///< at least, if there are several; 0: one round, whatever the batch

  static ShardPlan of(const TrainingConfig& training);
  /// Of a batch of so many tokens.
  std::size_t rounds(std::size_t tokens) const;
};

/// The sequences of a step end to end, and what each token is to predict, cut into shards: a fixed number of them,
/// whatever the number of threads and processes.
struct StepBatch {
  std::vector<std::uint32_t> tokens;
  std::vector<std::int64_t> times;        ///< (T)
  std::vector<std::uint32_t> targets;     ///< (T)
  std::vector<float> target_weights;      ///< (T), or empty where all count the same; below 0 as unwanted
  std::vector<std::size_t> offsets{0};    ///< (B + 1) sequence b holds tokens [offsets[b], offsets[b + 1])
  std::vector<std::size_t> sequences{0};  ///< (S + 1) shard s holds sequences [sequences[s], sequences[s + 1])

  std::size_t shards() const { return sequences.size() - 1; }
  /// The first token of a shard; of number S, the end of all.
  std::size_t first_token(std::size_t shard) const { return offsets[sequences[shard]]; }
  /// Removes everything, keeping memory.
  void clear();
};

/// Process 0's batch goes to all others.
void broadcast(engine::Communicator& processes, StepBatch& batch);

/// The examples of a data set in the order of an epoch.
class TrainingExamples {
 public:
  /// `data` must outlive it. Throws DataError if nobody in it has two interactions.
  TrainingExamples(const Dataset& data, const AttentionConfig& config, const TrainingConfig& training);

  std::size_t steps_per_epoch() const;
  /// Positions predicted in one epoch.
  std::size_t positions_per_epoch() const { return positions_; }

  /// Writes the batch of a step. What epoch it is decides the order.
  void fill(std::uint32_t epoch, std::size_t step_of_epoch, StepBatch& batch);

 private:
  // Interactions that predict the ones after them: the inputs are [end - length, end) of the user's history.
  struct Example {
    std::uint32_t user;
    std::uint32_t end;
    std::uint32_t length;
  };

  void cut(std::size_t max_length);
  void fill_evenly(std::span<const std::uint32_t> chosen, std::size_t rounds, StepBatch& batch) const;
  void add(const Example& example, StepBatch& batch) const;
  void add_target_weights(const Example& example, StepBatch& batch) const;

  const Dataset& data_;
  TrainingConfig training_;
  std::vector<Example> examples_;                                            // users ascending, then time
  std::vector<std::uint32_t> order_;                                         // of the examples in the epoch
  std::uint32_t ordered_epoch_ = std::numeric_limits<std::uint32_t>::max();  // the epoch that order_ is of
  std::size_t positions_ = 0;
};

}  // namespace infodiet::recsys
