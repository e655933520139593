// One training step of the attention model, from a batch to changed weights, as every process of a job does it together
// with the others. Knows neither histories nor epochs: trainer.hpp makes the batches.
//
// What is cut and summed, and in which order, is the same for any number of threads and processes: a round is cut into
// shards, and each process runs its own; the loss and all sums by rows of the item table are divided into eighths
// (engine/distributed/share.hpp); the network's gradient is summed over the shards along a balanced tree
// (engine/distributed/tree_sum.hpp), of which each process has a part. What lasts longer than a step is in
// training_state.hpp, the item vectors of a step in step_table.hpp; the batch's vectors are everywhere.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/distributed/tree_sum.hpp"
#include "engine/layers/l2_normalise.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "recsys/attention/examples.hpp"
#include "recsys/attention/step_table.hpp"
#include "recsys/attention/training_loss.hpp"
#include "recsys/attention/training_state.hpp"

namespace infodiet::recsys {

class TrainingStep {
 public:
  /// Whether to stop at once; several threads call it between the parts of a step.
  using Stop = std::function<bool()>;

  /// For a table of `catalogue` items. `data` is what process 0 trains on and must outlive it; the others have none.
  TrainingStep(engine::ThreadPool& pool, engine::Communicator& processes, const AttentionConfig& config,
               const TrainingConfig& training, std::size_t catalogue, const Dataset* data);
  /// Not copyable: its parts refer to each other.
  TrainingStep(const TrainingStep&) = delete;
  TrainingStep& operator=(const TrainingStep&) = delete;

  /// Process 0 fills it before it runs.
  StepBatch& batch() { return batch_; }

  /// Runs the batch of process 0 with its rate; returns the mean loss, or nothing if it was stopped: only new weights
  /// may follow then. Several processes are not stopped within a step.
  std::optional<double> run(double learning_rate, const Stop& stop = {});
  const AttentionConfig& config() const { return config_; }
  TrainingState& state() { return state_; }
  const TrainingState& state() const { return state_; }

 private:
  // What belongs to a fixed part of a round, perhaps no tokens; the gradients are sums over the rounds.
  struct Shard {
    std::size_t first_token = 0;
    std::size_t tokens = 0;
    std::vector<std::size_t> offsets;  // of its sequences, from 0
    engine::Parameters<float> gradients;
  };

  // What a shard's forward pass leaves for its backward pass.
  struct Activations {
    AttentionNetwork<float>::Cache cache;
    engine::Matrix<float> hidden;  // (tokens, D), then its gradient
  };

  void begin_round(std::size_t round);
  engine::Ragged ragged(const Shard& shard) const;
  std::span<const std::uint32_t> tokens_of(const Shard& shard) const;
  engine::Run<float> run_of(Shard& shard, std::size_t worker);
  void forward(Shard& shard, std::size_t worker, Activations& activations);
  void backward(Shard& shard, std::size_t worker, Activations& activations);
  static engine::MatrixSpan<float> rows_of(const Shard& shard, engine::Matrix<float>& matrix);
  void gather_rows(engine::Matrix<float>& matrix);
  bool stopped();
  template <class Work>
  void run_shards(Work work);
  double run_shards_at_once();
  double run_rounds();
  double run_shards_in_phases();
  double loss_and_gradients();
  engine::Matrix<float>& output_gradient();
  void sum_gradients();
  double sum_of_squares();
  void read_table(std::uint32_t step);

  engine::ThreadPool& pool_;
  engine::Communicator& processes_;
  engine::Share share_;
  AttentionConfig config_;
  TrainingConfig training_;
  AttentionNetwork<float> network_;
  TrainingState state_;
  StepTable table_;
  TrainingLoss loss_;
  const Stop* stop_ = nullptr;
  std::atomic<bool> stopped_{false};

  StepBatch batch_;
  ShardPlan plan_;
  engine::Bounds token_bounds_;                       // of the tokens in each process's shards of the round
  engine::TreeSum<float> gradient_sum_;               // over the shards of a round
  std::vector<Shard> shards_;                         // those of this process
  std::vector<float*> leaves_;                        // their gradients
  std::vector<Activations> activations_;              // one for each worker, or each shard where they run in phases
  std::vector<engine::Workspace<float>> workspaces_;  // one for each worker
  engine::Matrix<float> hidden_;                      // (T, D)
  engine::Matrix<float> dhidden_;                     // (T, D)
  engine::Matrix<float> outputs_;                     // (R, D) the table's normalised, if the network normalises
  engine::L2Normalise<float>::Cache output_norms_;
  engine::Parameters<float> gradients_;  // of the network, of which this process's slice is the batch's
};

}  // namespace infodiet::recsys
