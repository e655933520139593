// The loop of a feed: week after week people are served, consume, change and come back or not, and the recommender
// learns again from what it brought about. Knows no files; rl/loop/loop_file.hpp keeps it.
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

/// What is done with the recommender between weeks.
struct Retraining {
  recsys::TrainingConfig training;  ///< of each continuation; its seed and number of epochs are set here
  std::size_t epochs = 1;           ///< over what people took last
  std::size_t length = 50;          ///< interactions of each person that are learned from, the latest
};

struct LoopOptions {
  std::uint64_t seed = 1;
  std::size_t people = 1000;  ///< taken evenly from the data set; all of it where it has fewer
  CatalogueOptions catalogue{.taste_drift = 0.02};
  RewardWeights reward{.engagement = 1};
  std::optional<Retraining> retraining{};  ///< null: the recommender stays as it was
};

/// One way of choosing what people see, in a world of its own. Beside those of a feed there are two to compare with.
struct LoopArm {
  enum class Kind {
    feed,    ///< the policy chooses of the recommender's best
    random,  ///< slates drawn of everything
    alone,   ///< no feed: people look for themselves in everything, and see what they like
  };
  std::string name;
  Kind kind = Kind::feed;
  std::shared_ptr<const Policy> policy{};  ///< of a feed
};

/// Somebody between two weeks.
struct LoopPerson {
  std::vector<recsys::ItemIndex> consumed{};  ///< since the beginning, oldest first
  std::vector<double> taste{};                ///< (topics)
  double satisfaction = 0;
  bool comes = true;  ///< next week
};

/// All that a world is between two weeks; what must be kept to go on later exactly as if never interrupted.
struct LoopState {
  std::vector<LoopPerson> people;
  recsys::AttentionWeights weights{};  ///< of a feed's recommender
  std::vector<WeekFigures> weeks{};    ///< so far, of the people measured
};

/// Every week, in every arm: the recommender scores what each person has not had (what was had longest ago is offered
/// again where nothing else is left), a session of rl/environments/catalogue.hpp is run under the arm's policy, tastes
/// move, and satisfaction becomes half of what it was plus half the mean quality of what was consumed (unknown is 0).
/// People come back with probability sigmoid(loyalty + attachment satisfaction), those who stay away forget half of it.
/// A person is learned from or measured, by a draw of one half. Retraining continues from the weights of the week
/// before on the latest interactions of those learned from, real and simulated. All arms have the same people with the
/// same luck. Everything is a function of the seed, with the same bits for any number of threads.
class Loop {
 public:
  /// All must outlive the loop. Throws DataError where the data cannot be simulated, SettingError.
  Loop(const DataWorld& world, const recsys::AttentionModel& model, std::vector<LoopArm> arms,
       const LoopOptions& options, engine::ThreadPool& pool);

  /// One more week, in every arm.
  void run_week();

  std::size_t weeks() const { return states_.front().weeks.size(); }
  const std::vector<LoopArm>& arms() const { return arms_; }
  const LoopState& state(std::size_t arm) const { return states_[arm]; }
  /// People, as numbers of users in the data set, and which of them are measured rather than learned from.
  const std::vector<std::size_t>& users() const { return users_; }
  const std::vector<bool>& measured() const { return measured_; }
  /// The same figures of the people measured before the first week: of as many of their latest real interactions as a
  /// session has steps.
  const WeekFigures& before() const { return before_; }
  const recsys::AttentionNetwork<float>& network() const { return model_.network(); }
  /// Throws DataError unless there are as many people, all with tastes of the same topics.
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
