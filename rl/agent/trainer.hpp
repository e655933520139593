// How the agent learns: REINFORCE on sessions that it runs itself. One update is: run sessions, find out how much
// better each decision did than was to be expected and than the same person's other sessions, follow the gradient.
// Knows neither files nor when to stop.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/parallel.hpp"
#include "recsys/settings.hpp"
#include "rl/agent/forecast.hpp"
#include "rl/agent/model.hpp"
#include "rl/agent/slate_gradient.hpp"
#include "rl/environment.hpp"
#include "rl/reward_kind.hpp"

namespace infodiet::rl {

struct AgentTraining {
  std::uint64_t seed = 1;
  std::size_t updates = 600;      ///< of a whole training; the rate falls to 0 along half a cosine
  std::size_t people = 0;         ///< met in an update; 0: as many as make about 20,000 candidates to score
  std::size_t sessions_each = 8;  ///< of each person, at least 2
  std::size_t width = 32;         ///< of the network, for whoever makes its AgentConfig
  double rate = 1e-2;
  /// Entropy of slates that is aimed at, at first and at the end, as a share of the way from sets that are sure to
  /// those drawn uniformly. What the entropy is worth beside advantages of size 1 follows from it.
  double entropy = 0.9;
  double last_entropy = 0.03;
  /// Discount of rewards by step, at first and at the end. Sessions are measured without; credit that goes to what
  /// comes soon varies less, and little of what a slate does lasts long.
  double discount = 1;
  double last_discount = 1;
  /// Share of the difference between what came and what the value network expected that a step is given credit for
  /// when it came a step later; 1: all of it.
  double trace = 0.5;
  std::size_t batches = 4;  ///< parts of the sessions of an update, each a step of the optimiser, at most 8
  std::size_t passes = 2;   ///< over the sessions of an update
  RewardKind reward = RewardKind::drawn;

  /// Those that are set by name; updates, seed and reward are not among them.
  static std::span<const recsys::Setting<AgentTraining>> settings();
  /// People met in an update in an environment of this shape.
  std::size_t people_in(const Shape& shape) const;
  /// Sessions of a whole training in it.
  std::size_t sessions_in(const Shape& shape) const { return updates * people_in(shape) * sessions_each; }
};

/// What one update saw.
struct AgentUpdate {
  double mean_return = 0;  ///< of its sessions, before the update
  double entropy = 0;      ///< of their slates, as a share of the way, see AgentTraining::entropy
};

class AgentTrainer {
 public:
  /// What follows the course of learning, beside the network.
  struct Course {
    double log_weight = -1;     ///< slow part of the logarithm of the entropy's weight
    double weight = 0.37;       ///< of the entropy in the next update
    double advantage_size = 0;  ///< root mean square of latest advantages; 0 before the first update
    // Means of latest products of the luck of rewards, drawn less forecast, as advantages hold it.
    double luck_product = 0;  ///< with advantages from forecasts alone
    double luck_square = 0;   ///< with itself
  };
  /// What must be kept to go on later exactly as if never interrupted.
  struct State {
    engine::Parameters<float> parameters;
    engine::AdamW<float>::State moments;
    Forecast::State worth;
    Forecast::State earnings;
    Course course;
  };

  /// `environment` and `pool` must outlive the trainer. Throws SettingError for settings out of range.
  AgentTrainer(engine::ThreadPool& pool, const Environment& environment, const AgentConfig& config,
               const AgentTraining& training);
  ~AgentTrainer();

  /// One update. The same bits for any number of threads. Sessions are numbered from about 2^30, so that no measured
  /// session of the same seed is among them.
  AgentUpdate update();

  /// Steps of the optimiser in an update.
  std::size_t steps_each() const { return batches_ * training_.passes; }
  std::uint64_t updates() const { return optimiser_.state().steps / steps_each(); }
  bool finished() const { return updates() >= training_.updates; }
  const AgentModel& model() const { return model_; }
  const AgentTraining& training() const { return training_; }
  const engine::AdamW<float>::State& moments() const { return optimiser_.state(); }
  const Forecast& worth() const { return worth_; }
  const Forecast& earnings() const { return earnings_; }
  const Course& course() const { return course_; }
  /// Throws ShapeError if it is the state of another network.
  void restore(State state);

 private:
  struct Shard;

  /// Share of the training that is over.
  double progress() const { return static_cast<double>(updates()) / static_cast<double>(training_.updates); }
  std::size_t sessions() const { return people_ * training_.sessions_each; }
  std::vector<std::size_t> shards_of(std::size_t batch) const;
  SessionPlan plan_of(const Shard& shard) const;
  void open(Shard& shard);
  void run_sessions(Shard& shard, engine::Workspace<float>& workspace);
  bool forecasts_earnings() const { return training_.reward == RewardKind::drawn; }
  void describe(Shard& shard, std::size_t t);
  void decide(Shard& shard, std::size_t t, engine::Workspace<float>& workspace);
  Forecast::Lesson lesson(double share_of_rate) const;
  engine::MatrixSpan<const double> by_session(const std::vector<double>& numbers) const;
  Horizon horizon() const;
  void forecast_earnings();
  double luck_share();
  void judge_decisions();
  double advantage_left(const Shard& shard, std::size_t decision, std::span<const double> scores) const;
  void add_gradient(Shard& shard, double scale, engine::Workspace<float>& workspace);
  double entropy_share() const;
  void follow_entropy(double entropy);
  void learn_from(std::span<const std::size_t> batch);
  void step(std::span<const std::size_t> batch);

  engine::ThreadPool& pool_;
  Shape shape_;
  AgentTraining training_;
  std::size_t people_;
  std::size_t batches_;  ///< no more than there are shards
  AgentModel model_;
  engine::AdamW<float> optimiser_;
  Forecast worth_;     ///< of the rest of a session, before what is shown is decided
  Forecast earnings_;  ///< of a step, from what is shown
  Course course_;
  std::vector<Shard> shards_;
  std::vector<engine::Workspace<float>> workspaces_;  ///< one for each worker
  // Of all decisions of an update, by session and step.
  engine::Matrix<float> states_;    ///< (sessions * steps, Fs)
  engine::Matrix<float> offers_;    ///< (sessions * steps, Fc) mean candidate
  engine::Matrix<float> shown_;     ///< (sessions * steps, Fc) mean item of the slate
  std::vector<double> rewards_;     ///< (sessions * steps)
  std::vector<double> credited_;    ///< (sessions * steps) rewards less what is thought to be luck
  std::vector<double> values_;      ///< (sessions * steps) what was expected to come
  std::vector<double> to_come_;     ///< (sessions * steps) what came, which is learned to be expected
  std::vector<double> advantages_;  ///< (sessions * steps)
  engine::Parameters<float> gradients_;
};

}  // namespace infodiet::rl
