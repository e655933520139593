// One training step of the attention model, from a batch to changed weights, as every process of a job does it together
// with the others. Knows neither histories nor epochs: trainer.hpp makes the batches.
//
// What is cut and summed, and in which order, is the same for any number of threads and processes: each process runs
// its shards; the loss and all sums by rows of the item table are dealt out in eighths (engine/distributed/share.hpp);
// the network's gradient is summed shard by shard along the processes, which pass on the sum so far, that of attributes
// item by item. Moments exist once, with the process that updates their slice; weights, the batch's vectors and all of
// attributes, which are few, are everywhere.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/distributed/collectives.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "recsys/attention/attribute_vectors.hpp"
#include "recsys/attention/examples.hpp"
#include "recsys/attention/model.hpp"
#include "recsys/attention/training_loss.hpp"

namespace infodiet::recsys {

class TrainingStep {
 public:
  /// Moments of all parameters.
  struct Moments {
    engine::AdamW<float>::State network;
    engine::AdamW<float>::State items;
    engine::AdamW<float>::State attributes = {};  ///< none without attributes
  };
  /// Whether to stop at once; several threads call it between the parts of a step.
  using Stop = std::function<bool()>;

  /// For a table of `catalogue` items. `data` is what process 0 trains on and must outlive it; the others have none.
  TrainingStep(engine::ThreadPool& pool, engine::Communicator& processes, const AttentionConfig& config,
               const TrainingConfig& training, std::size_t catalogue, const Dataset* data);
  /// Not copyable: its parts refer to each other.
  TrainingStep(const TrainingStep&) = delete;
  TrainingStep& operator=(const TrainingStep&) = delete;

  /// The most shards a batch may be cut into.
  std::size_t most_shards() const { return most_shards_; }
  /// From now on items share vectors by these attributes of process 0, one row for each item.
  void learn_attributes(SparseRows attributes);
  /// Null without attributes.
  const AttributeVectors* attributes() const { return attributes_ ? &*attributes_ : nullptr; }

  /// Process 0 fills it before it runs.
  StepBatch& batch() { return batch_; }

  /// Runs the batch of process 0 with its rate; returns the mean loss, or nothing if it was stopped: only new weights
  /// may follow then. Several processes are not stopped within a step.
  std::optional<double> run(double learning_rate, const Stop& stop = {});
  /// Updates so far.
  std::uint64_t steps() const { return network_optimiser_.state().steps; }

  const AttentionWeights& weights() const { return weights_; }
  /// Throws ShapeError unless these have the sizes of this model.
  void require_fit(const AttentionWeights& weights, const std::optional<Moments>& moments) const;
  /// Process 0's weights from now on, and its moments if it has any, which fit. Vectors of attributes become 0 where
  /// none are given: those of items then contain them.
  void start_from(AttentionWeights weights, engine::Matrix<float> attributes, std::optional<Moments> moments);
  /// What this process holds: all, if it is alone.
  const engine::AdamW<float>::State& network_moments() const { return network_optimiser_.state(); }
  const engine::AdamW<float>::State& item_moments() const { return item_optimiser_.state(); }
  /// All, everywhere.
  const engine::AdamW<float>::State& attribute_moments() const { return attribute_optimiser_.state(); }
  /// All moments, for process 0.
  Moments gather_moments() const;

 private:
  // What belongs to a fixed part of a batch.
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

  void cut_shards();
  engine::Ragged ragged(const Shard& shard) const;
  std::span<const std::uint32_t> tokens_of(const Shard& shard) const;
  engine::Run<float> run_of(Shard& shard, std::size_t worker);
  void forward(Shard& shard, std::size_t worker, Activations& activations);
  void backward(Shard& shard, std::size_t worker, Activations& activations);
  static engine::MatrixSpan<float> rows_of(const Shard& shard, engine::Matrix<float>& matrix);
  void gather_rows(engine::Matrix<float>& matrix);
  bool stopped();
  double run_shards_at_once();
  double run_shards_in_phases();
  double loss_and_gradients();
  void reduce_gradients();
  double sum_of_squares();
  std::span<const float> attribute_gradient() const;
  // The item vectors that the network reads.
  const engine::Matrix<float>& items() const { return attributes_ ? table_ : weights_.items; }
  void take_attributes(engine::Matrix<float> vectors);
  void update(double learning_rate, double gradient_scale);
  std::span<float> own_network(std::span<float> all) const;
  engine::MatrixSpan<float> own_items(engine::Matrix<float>& all) const;

  engine::ThreadPool& pool_;
  engine::Communicator& processes_;
  engine::Share share_;
  AttentionConfig config_;
  TrainingConfig training_;
  AttentionNetwork<float> network_;
  AttentionWeights weights_;
  engine::AdamW<float> network_optimiser_;  // of this process's slice, as is the next
  engine::AdamW<float> item_optimiser_;
  std::optional<AttributeVectors> attributes_;
  engine::AdamW<float> attribute_optimiser_;
  TrainingLoss loss_;
  const Stop* stop_ = nullptr;
  std::atomic<bool> stopped_{false};

  StepBatch batch_;
  std::size_t most_shards_;
  engine::Bounds token_bounds_;  // of the tokens in each process's shards
  std::vector<Shard> shards_;    // those of this process
  std::size_t active_shards_ = 0;
  std::vector<Activations> activations_;              // one for each worker, or each shard where they run in phases
  std::vector<engine::Workspace<float>> workspaces_;  // one for each worker
  engine::Matrix<float> hidden_;                      // (T, D)
  engine::Matrix<float> dhidden_;                     // (T, D)
  engine::Matrix<float> table_;                       // (V, D) item vectors, if there are attributes
  engine::Matrix<float> ditems_;                      // (V, D), other processes' rows 0
  engine::Matrix<float> outputs_;                     // (V, D) normalised item vectors, if the network normalises
  engine::L2Normalise<float>::Cache output_norms_;
  engine::Parameters<float> gradients_;
};

}  // namespace infodiet::recsys
