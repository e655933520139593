// What a session is still worth at each step, learned beside the agent from the same sessions and used only while it
// learns: what a decision earned is measured against it. Sees what the agent sees, never what is hidden.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/optim/adamw.hpp"
#include "engine/parallel.hpp"
#include "rl/agent/network.hpp"

namespace infodiet::rl {

/// V(session, t) = mean of step t + size (score of the mean candidate on offer). Mean and size follow the rewards to
/// come of latest updates, so that the network, which is like the agent's, learns numbers of about 1 whatever the unit
/// of reward.
class Critic {
 public:
  struct Scale {
    std::vector<double> means;  ///< (steps)
    double size = 0;            ///< 0 before the first update
  };
  /// What must be kept to go on later exactly as if never interrupted.
  struct State {
    engine::Parameters<float> parameters;
    engine::AdamW<float>::State moments;
    Scale scale;
  };
  /// Sessions that have ended, on their way through the network and back.
  struct Batch {
    engine::Matrix<float> offers;   ///< (sessions * steps, Fc) mean candidate of each decision
    engine::Matrix<float> scores;   ///< (sessions * steps, 1)
    engine::Matrix<float> dscores;  ///< of the same shape
    engine::Matrix<float> memory;
    engine::Matrix<float> dmemory;
    engine::Parameters<float> gradients;
    AgentNetwork<float>::EventCache event_cache;
    AgentNetwork<float>::ScoreCache score_cache;
  };

  /// Starts with the numbers of `seed`, for sessions of `steps` steps.
  Critic(const AgentNetworkOptions& options, std::size_t steps, std::uint64_t seed);

  const engine::ParameterLayout& layout() const { return network_.layout(); }
  const engine::Parameters<float>& parameters() const { return parameters_; }
  const engine::AdamW<float>::State& moments() const { return optimiser_.state(); }
  const Scale& scale() const { return scale_; }
  /// Throws ShapeError if it is the state of another critic.
  void restore(State state);

  /// Sets the batch's offers to the means of `candidates` (sessions * steps * N, Fc), and its scores after `events`
  /// (sessions * steps, Fe).
  void score(engine::MatrixSpan<const float> events, engine::MatrixSpan<const float> candidates, Batch& batch,
             engine::Workspace<float>& workspace) const;
  /// Lets mean and size follow rewards to come (sessions, steps).
  void follow(engine::MatrixSpan<const double> to_go);
  /// Value at decision d of the batch.
  double value(const Batch& batch, std::size_t d) const;
  /// After `score`: the batch's gradients of half the squared difference of its scores from `values`, those of its
  /// decisions, as a mean over `all` decisions.
  void differentiate(engine::MatrixSpan<const float> events, std::span<const double> values, std::size_t all,
                     Batch& batch, engine::Workspace<float>& workspace) const;
  /// One step against the gradient, which is cut to a length of 1.
  void update(engine::ThreadPool& pool, std::span<const float> gradient, double rate);

 private:
  Decisions decisions(const Batch& batch) const;

  AgentNetwork<float> network_;
  engine::Parameters<float> parameters_;
  engine::AdamW<float> optimiser_;
  Scale scale_;
};

}  // namespace infodiet::rl
