// A whole training run of the attention model: epochs, validation, early stopping, the best weights so far. Files and
// terminals are the caller's business: it is told of progress and may stop at any step.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/attention/trainer.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/data/liking.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/data/split.hpp"

namespace infodiet::recsys {

/// What one epoch came to. Without held-out interactions there is no validation and both figures are 0.
struct EpochResult {
  double loss = 0;  ///< mean over the epoch's steps
  double ndcg_at_10 = 0;
  double hit_rate_at_10 = 0;
};

/// By what validation goes.
struct ValidationRules {
  std::optional<Repeats> repeats = {};  ///< usual_repeats where it is not given
  bool liked_only = false;              ///< whether targets that are low are no case
};

class TrainingRun {
 public:
  /// Everything that decides how the run goes on.
  struct State {
    AttentionTrainer::State trainer;
    AttentionWeights best;
    std::vector<EpochResult> epochs;
    std::optional<EpochResult> start = {};
  };
  /// Told after every step: step of the epoch (from 1) and mean loss of the epoch so far. Returns whether to go on.
  using StepObserver = std::function<bool(std::size_t step, double loss)>;

  /// `data` is everything stored and must outlive the run, as must `pool`; only what `holdout` leaves is trained on.
  /// Throws DataError if nothing is left.
  TrainingRun(engine::ThreadPool& pool, const Dataset& data, const Holdout& holdout, const AttentionConfig& config,
              const TrainingConfig& training, const ValidationRules& rules = {});
  /// Its trainer refers to its data.
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  Repeats repeats() const { return repeats_; }
  /// Validation targets that are repeats and so no case.
  std::size_t forbidden() const { return validation_.forbidden; }
  /// Validation targets that are low and so no case.
  std::size_t low() const { return validation_.low; }

  /// Starts from these weights instead of fresh ones; before the first epoch. Where there is validation they are the
  /// best so far, so that the run never comes to less. Throws ShapeError if they do not fit.
  void start_from(AttentionWeights weights);

  /// What is trained on: all users and items, histories without what is held out.
  const Dataset& training_data() const { return training_data_; }

  /// The weight of `neighbours` in a blend (blended_model.hpp) with the best weights so far that gives the highest
  /// validation NDCG@10, of 0, 0.2, ..., 0.8, and those figures. Nothing without validation.
  struct Blend {
    double weight = 0;
    EpochResult validation;  ///< its loss is that of the best epoch
  };
  std::optional<Blend> choose_blend(const std::shared_ptr<const ItemKnn>& neighbours) const;

  std::size_t steps_per_epoch() const { return trainer_.steps_per_epoch(); }
  std::size_t positions_per_epoch() const { return trainer_.positions_per_epoch(); }
  bool has_validation() const { return !validation_.cases.empty(); }

  /// Whether the epochs are used up, or validation has not improved for `patience` epochs.
  bool finished() const;

  /// Trains and validates one epoch. Returns false if the observer or `stop`, which is asked within steps too, stopped
  /// it: the run then must not go on, and going on from the state before this epoch repeats it exactly.
  bool run_epoch(const StepObserver& observer, const AttentionTrainer::Stop& stop = {});

  const std::vector<EpochResult>& epochs() const { return epochs_; }
  /// The epoch (from 1) with the best validation NDCG@10, or the last without validation; 0 before the first, and where
  /// none is better than the weights that the run started from.
  std::size_t best_epoch() const;
  /// Whether there are weights to publish.
  bool has_best() const { return start_ || best_epoch() > 0; }
  /// What the best weights came to.
  const EpochResult& best_result() const { return best_epoch() > 0 ? epochs_[best_epoch() - 1] : *start_; }
  /// What the weights that it started from came to, where there is validation.
  const std::optional<EpochResult>& start() const { return start_; }
  /// (cases) NDCG@10 of any model on the run's validation.
  std::vector<double> validate_each(const Recommender& model) const;
  /// Weights after the best epoch.
  const AttentionWeights& best() const { return best_; }

  const AttentionTrainer& trainer() const { return trainer_; }
  void restore(State state);

 private:
  EpochResult validate(const Recommender& model, double loss) const;

  engine::ThreadPool& pool_;
  AttentionConfig config_;
  TrainingConfig training_;
  Dataset training_data_;
  Repeats repeats_;
  EvaluationSet validation_;
  AttentionTrainer trainer_;
  AttentionWeights best_;
  std::vector<EpochResult> epochs_;
  std::optional<EpochResult> start_;
};

}  // namespace infodiet::recsys
