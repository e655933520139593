// Training of the agent: REINFORCE on sessions that it runs itself. An update runs sessions, computes the advantage of
// each decision over predictions and over the same person's other sessions, follows the gradient, and teaches the user
// model what people chose. The caller decides when to stop, and stores.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/distributed/orders.hpp"
#include "engine/matrix_span.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/parallel.hpp"
#include "rl/agent/agent_training.hpp"
#include "rl/agent/forecast.hpp"
#include "rl/agent/luck.hpp"
#include "rl/agent/model.hpp"
#include "rl/agent/reward_forecast.hpp"
#include "rl/agent/slate_gradient.hpp"
#include "rl/agent/user_learning.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// Figures of one update.
struct AgentUpdate {
  double mean_return = 0;  ///< of its sessions, before the update
  double entropy = 0;      ///< of their slates, on the scale of AgentTraining::entropy
};

/// The processes of a training, and what those other than 0 make its environment from.
struct LearningJob {
  engine::Communicator& processes = engine::alone();
  std::string environment = {};            ///< one of known_environments() that needs no data
  std::vector<std::string> settings = {};  ///< its "name=value"
};

/// A training in progress: networks, optimisers and running estimates. In a job of several processes this is process
/// 0's; the others help it (help_learning). Each runs its part of the sessions and computes their gradients; estimates
/// from all sessions are computed by every process for itself.
class AgentTrainer {
 public:
  /// Running estimates, saved besides the networks.
  struct Course {
    double log_weight = -1;     ///< slow part of the logarithm of the entropy bonus' weight
    double weight = 0.37;       ///< of the entropy bonus in the next update
    double advantage_size = 0;  ///< running root mean square of advantages; 0 before the first update
  };
  /// What must be saved to resume exactly as if never interrupted.
  struct State {
    engine::Parameters<float> parameters;
    engine::AdamW<float>::State moments;  ///< of the network's parameters
    UserLearning::State users;
    Forecast::State worth;
    RewardForecast::State earnings;
    std::vector<double> luck;  ///< Luck::line()'s products
    Course course;
  };

  /// `environment`, `pool` and the job's processes must outlive the trainer. Throws SettingError for settings out of
  /// range.
  AgentTrainer(engine::ThreadPool& pool, const Environment& environment, const AgentConfig& config,
               const AgentTraining& training, const LearningJob& job = {});
  ~AgentTrainer();

  /// One update. The same bits for any number of threads and processes. Its sessions are numbered from about 2^30, so
  /// that they never coincide with measured sessions of the same seed.
  AgentUpdate update();

  /// Optimiser steps per update.
  std::size_t steps_each() const { return batches_ * training_.passes; }
  // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): the constructor refuses no batches and no passes
  std::uint64_t updates() const { return optimiser_.state().steps / steps_each(); }
  bool finished() const { return updates() >= training_.updates; }
  const AgentModel& model() const { return model_; }
  const AgentTraining& training() const { return training_; }
  const engine::AdamW<float>::State& moments() const { return optimiser_.state(); }
  const UserLearning& users() const { return users_; }
  const Forecast& worth() const { return worth_; }
  const RewardForecast& earnings() const { return earnings_; }
  const Luck& luck() const { return luck_; }
  const Course& course() const { return course_; }
  /// Throws ShapeError if sizes differ.
  void restore(State state);

 private:
  struct Shard;

  AgentUpdate do_update();
  engine::Range own_shards() const;
  void share_sessions();
  void share_gradients(std::span<const std::size_t> batch);
  void share_entropy();
  /// Finished share of the training, in [0, 1].
  double progress() const { return static_cast<double>(updates()) / static_cast<double>(training_.updates); }
  std::size_t sessions() const { return people_ * training_.sessions_each; }
  std::vector<std::size_t> shards_of(std::size_t batch) const;
  SessionPlan plan_of(const Shard& shard) const;
  void open(Shard& shard);
  void run_sessions(Shard& shard, engine::Workspace<float>& workspace);
  void recall(Shard& shard, engine::Workspace<float>& workspace);
  void describe(Shard& shard, std::size_t t, engine::Workspace<float>& workspace);
  void decide(Shard& shard, std::size_t t, engine::Workspace<float>& workspace);
  void see(const Shard& shard, std::size_t t);
  Forecast::Lesson lesson(double share_of_rate) const;
  engine::MatrixSpan<const double> by_session(const std::vector<double>& numbers) const;
  Horizon horizon() const;
  ObservedSteps<float> seen() const;
  void learn_rewards_and_choices();
  void remove_luck();
  void judge_decisions();
  double advantage_left(const Shard& shard, std::size_t decision, std::span<const double> scores) const;
  void add_gradient(Shard& shard, double scale, engine::Workspace<float>& workspace);
  double learning_rate(std::uint64_t warmup) const;
  double entropy_share() const;
  void follow_entropy(double entropy);
  void learn_from(std::span<const std::size_t> batch);
  void step(std::span<const std::size_t> batch);

  engine::ThreadPool& pool_;
  engine::Communicator& processes_;
  Shape shape_;
  AgentTraining training_;
  std::size_t people_;
  std::size_t batches_;  ///< at most the number of shards
  AgentModel model_;
  engine::AdamW<float> optimiser_;
  UserLearning users_;
  Forecast worth_;  ///< return of the rest of a session, before the slate is chosen
  RewardForecast earnings_;
  Luck luck_;
  Course course_;
  std::vector<Shard> shards_;
  std::vector<engine::Workspace<float>> workspaces_;  ///< one for each worker
  // For all decisions of an update, by session and step:
  engine::Matrix<float> events_;    ///< (sessions * steps, Fe)
  engine::Matrix<float> slates_;    ///< (sessions * steps, K Fi) items shown
  engine::Matrix<float> outcomes_;  ///< (sessions * steps, K + 1) as in ObservedSteps
  engine::Matrix<float> states_;    ///< (sessions * steps, Fs)
  engine::Matrix<float> offers_;    ///< (sessions * steps, Fc) mean candidate
  engine::Matrix<float> shown_;     ///< (sessions * steps, Fc) mean item of the slate
  std::vector<double> rewards_;     ///< (sessions * steps)
  std::vector<double> credited_;    ///< (sessions * steps) rewards without luck
  std::vector<double> values_;      ///< (sessions * steps) predicted return of the rest
  std::vector<double> to_come_;     ///< (sessions * steps) lambda returns, the value network's targets
  std::vector<double> advantages_;  ///< (sessions * steps)
  engine::Parameters<float> gradients_;
};

/// What the other processes do while process 0 learns.
void help_learning(engine::Orders& orders);

}  // namespace infodiet::rl
