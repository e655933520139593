// A whole training run of the attention model: epochs, validation, early stopping, the best weights so far. Knows no
// files and no terminal: it reports progress to the caller, who may stop it at any step.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/attention/blend.hpp"
#include "recsys/attention/model.hpp"
#include "recsys/attention/trainer.hpp"
#include "recsys/data/item_features.hpp"
#include "recsys/data/liking.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/data/split.hpp"
#include "recsys/evaluation/ranks.hpp"

namespace infodiet::recsys {

/// Results of one epoch. Without held-out interactions both metrics are 0.
struct EpochResult {
  double loss = 0;  ///< mean over the epoch's steps
  double ndcg_at_10 = 0;
  double hit_rate_at_10 = 0;
};

/// Which targets validation uses, and which processes train.
struct RunOptions {
  std::optional<Repeats> repeats = {};  ///< by default usual_repeats
  bool liked_only = false;              ///< whether targets rated low are left out
  std::size_t trained = 0;              ///< other members of the same model, which are kept in memory
  /// To train, if not max_epochs, for which the learning rate is scheduled.
  std::optional<std::size_t> epochs = {};
  engine::Communicator& processes = engine::alone();
};

/// How a run went.
struct Course {
  std::vector<EpochResult> epochs = {};
  std::size_t best_epoch = 0;                  ///< see TrainingRun::best_epoch
  std::optional<EpochResult> start = {};       ///< the validation of what it started from
  std::optional<EpochResult> validation = {};  ///< of the best weights
};

/// A trained network, one of those whose distributions a model averages.
struct Member {
  std::shared_ptr<const AttentionModel> model;
  std::uint64_t seed = 0;
  Course course = {};
};

/// The models of members.
std::vector<std::shared_ptr<const AttentionModel>> models_of(std::span<const Member> members);

/// One run: call run_epoch until finished().
class TrainingRun {
 public:
  /// Everything that decides how the run continues.
  struct State {
    AttentionTrainer::State trainer;
    std::vector<EpochResult> epochs;
    std::optional<EpochResult> start = {};
  };
  /// Called after every step with the step of the epoch (from 1) and the epoch's mean loss so far. Returns whether to
  /// continue.
  using StepObserver = std::function<bool(std::size_t step, double loss)>;

  /// `data` is everything stored; it, `pool` and the processes must outlive the run. Trains only on what `holdout`
  /// leaves. In a job of several processes this is process 0's (AttentionTrainer). Throws DataError if nothing is left.
  TrainingRun(engine::ThreadPool& pool, const Dataset& data, const Holdout& holdout, const AttentionConfig& config,
              const TrainingConfig& training, const RunOptions& options = {});
  /// Not copyable: its trainer refers to its data.
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  Repeats repeats() const { return repeats_; }
  /// Validation targets left out because they repeat.
  std::size_t forbidden() const { return validation_.forbidden; }
  /// Validation targets left out because they were rated low.
  std::size_t low() const { return validation_.low; }

  /// Starts from these weights instead of fresh ones; before the first epoch. With validation they count as the best so
  /// far, so that the run never ends with worse ones. Throws ShapeError if they do not fit.
  void start_from(AttentionWeights weights);

  /// See AttentionTrainer::learn_attributes; before start_from and the first epoch.
  void learn_attributes(const SparseRows& attributes, const engine::Matrix<float>& imported = {}) {
    trainer_.learn_attributes(attributes, imported);
  }
  /// The same with what the setting `attributes` gives the network: imported vectors unless it is none, attributes if
  /// it is all.
  void learn_features(const ItemFeatures& features);

  /// The training data: all users and items, histories without held-out interactions.
  const Dataset& training_data() const { return training_data_; }

  /// A blend (blend.hpp), and its validation.
  struct ChosenBlend {
    Blend blend;
    EpochResult validation;                             ///< without a loss
    std::vector<std::pair<std::string, double>> alone;  ///< validation NDCG@10 of attention and of each part alone
  };
  /// The blend of `members`, without any of the run's best weights, with `parts`, fitted on validation (blend_fit.hpp),
  /// attention's weight chosen by NDCG@10 among all, half and a quarter of it; or one of them alone if better. Nothing
  /// without validation.
  std::optional<ChosenBlend> choose_blend(const std::vector<std::shared_ptr<const AttentionModel>>& members,
                                          std::span<const std::shared_ptr<const Recommender>> parts) const;

  std::size_t steps_per_epoch() const { return trainer_.steps_per_epoch(); }
  std::size_t positions_per_epoch() const { return trainer_.positions_per_epoch(); }
  bool has_validation() const { return !validation_.cases.empty(); }

  /// Whether all epochs are trained, or validation has not improved for `patience` epochs.
  bool finished() const;

  /// Trains and validates one epoch. Returns false if the observer or `stop`, which is also called within steps,
  /// stopped it: this run must then end; resuming from the state before the epoch repeats it exactly.
  bool run_epoch(const StepObserver& observer, const AttentionTrainer::Stop& stop = {});

  const std::vector<EpochResult>& epochs() const { return epochs_; }
  /// The epoch (from 1) with the best validation NDCG@10, or the last without validation; 0 before the first, or if
  /// none is better than the weights that the run started from.
  std::size_t best_epoch() const;
  /// Whether there are weights to publish.
  bool has_best() const { return start_ || best_epoch() > 0; }
  /// The validation of the best weights.
  const EpochResult& best_result() const { return best_epoch() > 0 ? epochs_[best_epoch() - 1] : *start_; }
  Course course() const;
  /// The best weights so far, as a member.
  Member member() const;
  /// The validation of the weights that it started from, if any.
  const std::optional<EpochResult>& start() const { return start_; }
  /// (cases) NDCG@10 of any model on the run's validation.
  std::vector<double> validate_each(const Recommender& model) const;
  /// The same of the best weights, mixed with the blend if it has parts.
  std::vector<double> validate_each(const Blend& blend) const;
  /// Weights after the best epoch.
  AttentionWeights best() const { return trainer_.best(); }

  const AttentionTrainer& trainer() const { return trainer_; }
  /// Continues from a saved state. Throws ShapeError if its sizes differ.
  void restore(State state, const AttentionTrainer::ItemSource& items);

 private:
  RankedCases rank(const Recommender& model) const;
  RankedCases rank(ItemNumbers which, const Blend* blend = nullptr) const;

  engine::ThreadPool& pool_;
  engine::Communicator& processes_;
  AttentionConfig config_;
  TrainingConfig training_;
  std::size_t most_epochs_;
  Dataset training_data_;
  Repeats repeats_;
  EvaluationSet validation_;
  AttentionTrainer trainer_;
  std::vector<EpochResult> epochs_;
  std::optional<EpochResult> start_;
};

}  // namespace infodiet::recsys
