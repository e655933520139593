// Training steps of the attention model over a data set: epochs, batches, learning rate, what must be saved. Knows
// neither validation nor files; training.hpp decides when to stop, training_step.hpp does the work of a step.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/distributed/orders.hpp"
#include "recsys/attention/examples.hpp"
#include "recsys/attention/rank_rounds.hpp"
#include "recsys/attention/training_step.hpp"

namespace infodiet::recsys {

/// Predicts, at every position of a history, the interaction that follows. Everything random is a function of (seed,
/// epoch, step), so a trainer restored from another's state continues with the same bits, for any number of threads and
/// of processes.
class AttentionTrainer {
 public:
  /// What must be saved to resume exactly as if never interrupted, beside the items' numbers.
  struct State {
    TrainingState::Small small;
    std::uint32_t epochs = 0;
  };
  /// Gives all of some numbers of the items piece by piece: to `take`, with the number of the first.
  using ItemSource = std::function<void(ItemNumbers which,
                                        const std::function<void(std::size_t first, std::span<const float>)>& take)>;

  /// `data` is the training part only and must outlive the trainer, as must `pool` and `processes`. In a job of several
  /// processes this is process 0's; the others help it (help_training). Throws DataError if nobody in the data has two
  /// interactions.
  AttentionTrainer(engine::ThreadPool& pool, const Dataset& data, const AttentionConfig& config,
                   const TrainingConfig& training, engine::Communicator& processes = engine::alone());
  ~AttentionTrainer();
  /// Not copyable: its parts refer to each other.
  AttentionTrainer(const AttentionTrainer&) = delete;
  AttentionTrainer& operator=(const AttentionTrainer&) = delete;

  /// Gives item vectors a part that items with the same attributes share, and a projection of imported vectors
  /// (attribute_vectors.hpp). `attributes` (V, A); `imported` (V, D) or empty; call it before anything else. Throws
  /// ShapeError if there are not as many rows as items.
  void learn_attributes(const SparseRows& attributes, const engine::Matrix<float>& imported = {});

  /// Starts from these weights instead of fresh ones. Throws ShapeError if their sizes differ.
  void start_from(AttentionWeights weights);

  std::size_t steps_per_epoch() const { return examples_.steps_per_epoch(); }
  /// Positions predicted in one epoch.
  std::size_t positions_per_epoch() const { return examples_.positions_per_epoch(); }

  using Stop = TrainingStep::Stop;

  /// One step of the current epoch, steps in order 0, 1, ...; returns the mean loss of its positions, or nothing if it
  /// was stopped: only `restore` may follow then.
  std::optional<double> step(std::size_t step_of_epoch, const Stop& stop = {});
  /// Call it after the last step of an epoch.
  void end_epoch();

  std::uint32_t epochs() const { return epochs_; }
  std::size_t catalogue_size() const { return step_.state().catalogue(); }
  /// What a model scores with: of the average if there is one, the items' own vectors and those of their attributes
  /// added up.
  AttentionWeights model_weights() const;
  /// Ranks checked cases (ranks.hpp) by what model_weights or best() give (ItemNumbers::model or best), without
  /// collecting them; mixed with `blend`, if that has parts. Throws DamagedError.
  RankedCases rank(ItemNumbers which, std::span<const EvaluationCase> cases, const RankQuestion& question,
                   const Blend* blend = nullptr) const;
  /// What add_attention_shares (blend_fit.hpp) gives for the same model, case by case.
  std::vector<double> target_shares(ItemNumbers which, std::span<const EvaluationCase> cases) const;
  /// From now on these count as the best.
  void keep_best();
  /// What was kept last.
  AttentionWeights best() const;
  /// The network of what was kept last.
  const engine::Parameters<float>& best_network() const { return step_.state().best()->network; }
  /// With the items' own vectors; of several processes, only process 0's rows of them.
  const AttentionWeights& weights() const { return step_.state().weights(); }
  /// Null without attributes.
  const AttributeVectors* attributes() const { return step_.state().attributes(); }
  /// The moving average, if there is one; as weights().
  const std::optional<TrainingState::Average>& average() const { return step_.state().average(); }
  /// Those of several processes as at the end of the last epoch.
  const engine::AdamW<float>::State& network_moments() const {
    return gathered_ ? *gathered_ : step_.state().network_moments();
  }
  const engine::AdamW<float>::State& attribute_moments() const { return step_.state().attribute_moments(); }
  /// Some rows (number of rows, D) of the items' numbers, named in ascending order, whichever process has them.
  void read_rows(ItemNumbers which, std::span<const std::uint32_t> rows, std::span<float> values) const;

  /// Continues from a saved state. Throws ShapeError if its sizes differ.
  void restore(State state, const ItemSource& items);

 private:
  double learning_rate() const;
  void take(TrainingState::Small small);
  void put(ItemNumbers which, std::size_t first, std::span<const float> values);
  AttentionWeights gathered(ItemNumbers which, const engine::Parameters<float>& network) const;

  engine::ThreadPool& pool_;
  engine::Communicator& processes_;
  TrainingConfig training_;
  TrainingExamples examples_;
  TrainingStep step_;
  std::optional<engine::AdamW<float>::State> gathered_;  // only of several processes
  std::uint32_t epochs_ = 0;
};

/// What the other processes do while process 0 trains.
void help_training(engine::Orders& orders);

}  // namespace infodiet::recsys
