// Training steps of the attention model: batches, gradients over shards, updates. Knows neither validation nor files;
// training.hpp decides when to stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/optim/adamw.hpp"
#include "engine/parallel.hpp"
#include "recsys/attention/model.hpp"
#include "recsys/attention/training_loss.hpp"

namespace infodiet::recsys {

/// Predicts, at every position of a history, the interaction that follows. Everything random is a function of (seed,
/// epoch, step), so a trainer restored from another's state continues with the same bits, for any number of threads.
class AttentionTrainer {
 public:
  /// What must be saved to resume exactly as if never interrupted.
  struct State {
    AttentionWeights weights;
    engine::AdamW<float>::State network_moments;
    engine::AdamW<float>::State item_moments;
    std::uint32_t epochs = 0;
  };

  /// `data` is the training part only and must outlive the trainer, as must `pool`. Throws DataError if nobody in it
  /// has two interactions.
  AttentionTrainer(engine::ThreadPool& pool, const Dataset& data, const AttentionConfig& config,
                   const TrainingConfig& training);
  /// Not copyable: its parts refer to each other.
  AttentionTrainer(const AttentionTrainer&) = delete;
  AttentionTrainer& operator=(const AttentionTrainer&) = delete;

  /// Starts from these weights instead of fresh ones. Throws ShapeError if their sizes differ.
  void start_from(AttentionWeights weights);

  std::size_t steps_per_epoch() const;
  /// Positions predicted in one epoch.
  std::size_t positions_per_epoch() const { return positions_; }

  /// Whether to stop at once; several threads call it between the parts of a step.
  using Stop = std::function<bool()>;

  /// One step of the current epoch, steps in order 0, 1, ...; returns the mean loss of its positions, or nothing if it
  /// was stopped: only `restore` may follow then.
  std::optional<double> step(std::size_t step_of_epoch, const Stop& stop = {});
  /// Call it after the last step of an epoch.
  void end_epoch() { ++epochs_; }

  std::uint32_t epochs() const { return epochs_; }
  const AttentionWeights& weights() const { return weights_; }
  const engine::AdamW<float>::State& network_moments() const { return network_optimiser_.state(); }
  const engine::AdamW<float>::State& item_moments() const { return item_optimiser_.state(); }
  /// Continues from a saved state. Throws ShapeError if its sizes differ.
  void restore(State state);

 private:
  // A fixed part of a batch. Shards never depend on the number of threads.
  struct Shard {
    TokenBatch inputs;
    std::size_t first_token = 0;
    engine::Parameters<float> gradients;
  };

  // What a shard's forward pass leaves for its backward pass.
  struct Activations {
    AttentionNetwork<float>::Cache cache;
    engine::Matrix<float> hidden;  // (tokens, D), then its gradient
  };

  // Interactions that predict the ones after them: the inputs are [end - length, end) of the user's history.
  struct Example {
    std::uint32_t user;
    std::uint32_t end;
    std::uint32_t length;
  };

  void cut_examples();
  void start_epoch();
  void fill_shards(std::size_t step_of_epoch);
  void add_target_weights(const Example& example);
  engine::Run<float> run_of(Shard& shard, std::size_t worker);
  void forward(Shard& shard, std::size_t worker, Activations& activations);
  void backward(Shard& shard, std::size_t worker, Activations& activations);
  static engine::MatrixSpan<float> rows_of(const Shard& shard, engine::Matrix<float>& matrix);
  bool stopped();
  double run_shards_at_once();
  double run_shards_in_phases();
  double loss_and_gradients();
  void reduce_gradients();
  double learning_rate() const;

  engine::ThreadPool& pool_;
  const Dataset& data_;
  AttentionConfig config_;
  TrainingConfig training_;
  AttentionNetwork<float> network_;
  AttentionWeights weights_;
  engine::AdamW<float> network_optimiser_;
  engine::AdamW<float> item_optimiser_;
  TrainingLoss loss_;
  std::uint32_t epochs_ = 0;
  const Stop* stop_ = nullptr;
  std::atomic<bool> stopped_{false};

  std::vector<Example> examples_;     // users ascending, then time
  std::vector<std::uint32_t> order_;  // of the examples in the epoch
  std::uint32_t ordered_epoch_;       // the epoch that order_ is of
  std::size_t positions_ = 0;

  std::vector<Shard> shards_;
  std::size_t active_shards_ = 0;
  std::vector<Activations> activations_;              // one for each worker, or each shard where they run in phases
  std::vector<engine::Workspace<float>> workspaces_;  // one for each worker
  std::vector<std::uint32_t> tokens_;                 // (T) inputs of the whole step
  std::vector<std::uint32_t> targets_;                // (T)
  std::vector<float> target_weights_;                 // (T), or empty where all count the same; below 0 as unwanted
  engine::Matrix<float> hidden_;                      // (T, D)
  engine::Matrix<float> dhidden_;                     // (T, D)
  engine::Matrix<float> ditems_;                      // (V, D)
  engine::Matrix<float> outputs_;                     // (V, D) normalised item vectors, if the network normalises
  engine::L2Normalise<float>::Cache output_norms_;
  engine::Parameters<float> gradients_;
};

}  // namespace infodiet::recsys
