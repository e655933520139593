// How the agent learns: REINFORCE on sessions that it runs itself. One update is: run sessions, find out how much
// better each decision did than the same person's other sessions, follow the gradient. Knows neither files nor when to
// stop.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/parallel.hpp"
#include "rl/agent/model.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// What is taken for the reward of a step.
enum class RewardKind {
  expected,  ///< its mean given the latent state, which the simulator knows: same gradient, less variance
  drawn,     ///< as it was drawn
};

struct AgentTraining {
  std::uint64_t seed = 1;
  std::size_t updates = 400;      ///< of a whole training; the rate falls to 0 along half a cosine
  std::size_t people = 16;        ///< met in an update
  std::size_t sessions_each = 8;  ///< of each person, at least 2
  double rate = 3e-3;
  double clip = 1;  ///< longest Euclidean norm of an update's gradient
  /// Weight of the entropy of a decision's first draw at first, beside advantages of size 1; falls to a tenth.
  double entropy = 0.1;
  /// Discount of rewards by step, at first and at the end. Sessions are measured without; credit that goes to what
  /// comes soon varies less, and little of what a slate does lasts long.
  double discount = 0.95;
  double last_discount = 1;
  RewardKind reward = RewardKind::expected;
};

/// What one update saw.
struct AgentUpdate {
  double mean_return = 0;  ///< of its sessions, before the update
  double entropy = 0;      ///< of first draws, in nats
};

class AgentTrainer {
 public:
  /// What must be kept to go on later exactly as if never interrupted.
  struct State {
    engine::Parameters<float> parameters;
    engine::AdamW<float>::State moments;
  };

  /// `environment` and `pool` must outlive the trainer. Throws SettingError for settings that make no sense.
  AgentTrainer(engine::ThreadPool& pool, const Environment& environment, const AgentConfig& config,
               const AgentTraining& training);
  ~AgentTrainer();

  /// One update. The same bits for any number of threads. Sessions are numbered from about 2^30, so that no measured
  /// session of the same seed is among them.
  AgentUpdate update();

  std::uint64_t updates() const { return optimiser_.state().steps; }
  bool finished() const { return updates() >= training_.updates; }
  const AgentModel& model() const { return model_; }
  const AgentTraining& training() const { return training_; }
  const engine::AdamW<float>::State& moments() const { return optimiser_.state(); }
  /// Throws ShapeError if it is the state of another network.
  void restore(State state);

 private:
  struct Shard;

  /// Share of the training that is over.
  double progress() const { return static_cast<double>(updates()) / static_cast<double>(training_.updates); }
  SessionPlan plan_of(const Shard& shard) const;
  void run_sessions(Shard& shard, engine::Workspace<float>& workspace);
  void add_gradient(Shard& shard, engine::Workspace<float>& workspace);

  engine::ThreadPool& pool_;
  Shape shape_;
  AgentTraining training_;
  AgentModel model_;
  engine::AdamW<float> optimiser_;
  std::vector<Shard> shards_;
  std::vector<engine::Workspace<float>> workspaces_;  ///< one for each worker
  std::vector<double> rewards_;                       ///< (sessions, steps)
  std::vector<double> advantages_;                    ///< (sessions, steps)
  engine::Parameters<float> gradients_;
};

}  // namespace infodiet::rl
