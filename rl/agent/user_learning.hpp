// How an agent's user model learns: from sessions of the latest updates. What people choose from a slate does not
// depend on the policy that showed it, so old sessions are as good as new ones.
#pragma once

#include <vector>

#include "engine/optim/adamw.hpp"
#include "engine/parallel.hpp"
#include "engine/random.hpp"
#include "rl/agent/forecast.hpp"
#include "rl/agent/model.hpp"

namespace infodiet::rl {

/// The optimiser and the replay buffer of a user model. Does nothing for agents without one. Used by one thread at a
/// time.
class UserLearning {
 public:
  /// The sessions of a lesson, rows by session and step; the same number in every lesson.
  struct Sessions {
    engine::MatrixSpan<const float> events;    ///< (R, Fe) before each step
    engine::MatrixSpan<const float> shown;     ///< (R, K Fi) the slates' items, side by side
    engine::MatrixSpan<const float> outcomes;  ///< (R, K + 1) as in ObservedSteps
  };
  /// The replay buffer.
  struct Past {
    std::vector<float> events;    ///< (rows * Fe)
    std::vector<float> shown;     ///< (rows * K Fi)
    std::vector<float> outcomes;  ///< (rows * (K + 1))
  };
  /// What must be saved to resume exactly as if never interrupted.
  struct State {
    engine::AdamW<float>::State moments;
    Past past;
  };

  /// For sessions of this shape, of which the last `remembered` lessons are sampled.
  UserLearning(const AgentModel& model, const Shape& shape, std::size_t remembered);

  const engine::AdamW<float>::State& moments() const { return optimiser_.state(); }
  const Past& past() const { return past_; }
  /// Whether a buffer has these sizes, for the same number of rows and complete sessions.
  bool fits(const Past& past) const;
  /// Throws ShapeError if sizes differ.
  void restore(State state);

  /// Adds the sessions to the replay buffer, then takes optimiser steps on the model's user part, each on sessions
  /// sampled from the buffer.
  void learn(const Sessions& sessions, const Forecast::Lesson& lesson, AgentModel& model);

 private:
  void draw(engine::RandomStream stream, std::size_t count);

  std::size_t steps_;
  std::size_t remembered_;
  engine::AdamW<float> optimiser_;
  Past past_;
  engine::Parameters<float> gradients_;
  engine::ThreadPool alone_{1};  ///< for the optimiser
  engine::Workspace<float> workspace_;
  UserModel<float>::Cache cache_;
  engine::Matrix<float> events_;  ///< of the sampled sessions
  engine::Matrix<float> shown_;
  engine::Matrix<float> outcomes_;
};

}  // namespace infodiet::rl
