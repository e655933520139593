// The feedback loop of a feed: every week people are served, consume, change, and return or not, and the recommender is
// retrained on the consumption that it caused. rl/loop/loop_file.hpp stores it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/attention/model.hpp"
#include "rl/environments/catalogue.hpp"
#include "rl/environments/data_world.hpp"
#include "rl/loop/week_figures.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

/// How the recommender is retrained between weeks.
struct Retraining {
  recsys::TrainingConfig training;  ///< of each retraining; seed and number of epochs are overridden
  std::size_t epochs = 1;           ///< over the latest interactions
  std::size_t length = 50;          ///< number of latest interactions of each person to train on
};

/// What to simulate.
struct LoopOptions {
  std::uint64_t seed = 1;
  std::size_t people = 1000;  ///< taken evenly from the data set; everybody if there are fewer
  CatalogueOptions catalogue{.taste_drift = 0.02};
  RewardWeights reward{.engagement = 1};
  std::optional<Retraining> retraining{};  ///< null: the recommender stays the same
};

/// One way of choosing what people see, in its own copy of the world. Two arms are baselines without a feed.
struct LoopArm {
  enum class Kind {
    feed,    ///< the policy chooses among the recommender's best
    random,  ///< slates drawn from the whole catalogue
    alone,   ///< no feed: people see what they like from the whole catalogue
  };
  std::string name;
  Kind kind = Kind::feed;
  std::shared_ptr<const Policy> policy{};  ///< of a feed
};

/// The state of a person between two weeks.
struct LoopPerson {
  std::vector<recsys::ItemIndex> consumed{};  ///< since the beginning, oldest first
  std::vector<double> taste{};                ///< (topics)
  double satisfaction = 0;
  bool comes = true;  ///< whether they come next week
};

/// The state of an arm between two weeks: what must be saved to resume exactly as if never interrupted.
struct LoopState {
  std::vector<LoopPerson> people;
  recsys::AttentionWeights weights{};  ///< of a feed's recommender
  std::vector<WeekFigures> weeks{};    ///< so far, of the people measured
};

/// Every week, in every arm: the recommender scores what each person has not consumed (if nothing else is left, the
/// items consumed longest ago are offered again), a session of rl/environments/catalogue.hpp is run under the arm's
/// policy, tastes move, and satisfaction becomes the mean of its old value and the mean quality of what was consumed
/// (unknown: 0). People return with probability sigmoid(loyalty + attachment satisfaction); the satisfaction of those
/// who stay away halves. A random half of the people trains the recommender; the others are measured. Retraining
/// continues from last week's weights on the latest interactions of the training half, real and simulated. All arms
/// have the same people and the same random draws. Everything is a function of the seed, with the same bits for any
/// number of threads.
class Loop {
 public:
  /// All references must outlive the loop. Throws DataError if the data cannot be simulated, SettingError.
  Loop(const DataWorld& world, const recsys::AttentionModel& model, std::vector<LoopArm> arms,
       const LoopOptions& options, engine::ThreadPool& pool);

  /// One more week, in every arm.
  void run_week();

  /// Weeks so far, the arms, and the state of each.
  std::size_t weeks() const { return states_.front().weeks.size(); }
  const std::vector<LoopArm>& arms() const { return arms_; }
  const LoopState& state(std::size_t arm) const { return states_[arm]; }
  /// People, as numbers of users in the data set, and which of them are measured rather than trained on.
  const std::vector<std::size_t>& users() const { return users_; }
  const std::vector<bool>& measured() const { return measured_; }
  /// The same figures before the first week, from as many of each measured person's latest real interactions as a
  /// session has steps.
  const WeekFigures& before() const { return before_; }
  const recsys::AttentionNetwork<float>& network() const { return model_.network(); }
  /// Sets the state of an arm. Throws DataError unless it has the same number of people and topics.
  void restore(std::size_t arm, LoopState state);

 private:
  recsys::Dataset histories_of(const LoopState& state, std::size_t longest, bool learned_from_only) const;
  std::vector<std::vector<recsys::ScoredItem>> offers_of(const LoopArm& arm, const LoopState& state,
                                                         const recsys::Dataset& histories) const;
  std::vector<PersonWeek> live_week(const LoopArm& arm, const LoopState& state);
  void come_back_or_not(LoopState& state, std::vector<PersonWeek>& weeks) const;
  void retrain(LoopState& state);
  WeekFigures measure(std::span<const PersonWeek> weeks) const;

  const DataWorld& world_;
  const recsys::AttentionModel& model_;
  std::vector<LoopArm> arms_;
  LoopOptions options_;
  engine::ThreadPool& pool_;
  std::vector<std::size_t> users_;
  std::vector<bool> measured_;
  std::vector<bool> popular_;
  WeekFigures before_;
  std::vector<LoopState> states_;
};

}  // namespace infodiet::rl
