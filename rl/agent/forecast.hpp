// Predictions that the agent's training needs, learned from the same sessions: the reward of a step, or the return of
// the rest of a session (a value network). Inputs are the agent's, never hidden state. Not used by the trained agent.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/optim/adamw.hpp"
#include "engine/parallel.hpp"
#include "engine/random.hpp"
#include "rl/agent/forecast_network.hpp"

namespace infodiet::rl {

/// forecast(row of step t) = mean of step t + size score(state, item). Mean and size are running estimates of the
/// targets, so that the network's own targets are about 1 in any unit. Used by one thread at a time.
class Forecast {
 public:
  struct Scale {
    std::vector<double> means;  ///< (steps)
    double size = 0;            ///< 0 before the first update, and while all targets are equal
  };
  /// Options of learning.
  struct Manner {
    std::size_t remembered = 1;  ///< number of latest lessons whose rows are sampled
    std::size_t rounds = 4;      ///< optimiser steps per lesson
    double scale_kept = 0.8;     ///< share of the running mean and size that stays at each lesson, in [0, 1)
    double average = 0;    ///< share of a running mean of the weights, which predicts, that stays at each step, in
                           ///< [0, 1); 0: the weights predict. Both means weigh all alike while they are young.
    double beta2 = 0.98;   ///< of the optimiser
    double clip_norm = 1;  ///< largest Euclidean norm of a step's gradient
  };
  /// The replay buffer: rows of the remembered lessons, lesson n in slot n % remembered.
  struct Past {
    std::vector<float> states;  ///< (rows * Fs)
    std::vector<float> items;   ///< (rows * Fi)
    std::vector<float> seen;    ///< (rows)
  };
  /// What must be saved to resume exactly as if never interrupted.
  struct State {
    engine::Parameters<float> parameters;
    engine::AdamW<float>::State moments;
    engine::Parameters<float> averaged;  ///< running mean of the last steps' weights; any if none predicts
    Scale scale;
    Past past;  ///< may be empty if only one lesson is remembered
  };
  /// Learning rate of a lesson, and the seed and update number of its random draws.
  struct Lesson {
    double rate = 0;
    std::uint64_t seed = 1;
    std::uint32_t update = 0;
  };

  /// Initialises weights from `seed`. For sessions of `steps` steps, each with its own mean; 1: one mean for all steps.
  Forecast(const ForecastOptions& options, const Manner& manner, std::size_t steps, std::uint64_t seed);

  const engine::ParameterLayout& layout() const { return network_.layout(); }
  const engine::Parameters<float>& parameters() const { return parameters_; }
  const engine::AdamW<float>::State& moments() const { return optimiser_.state(); }
  /// The running mean of the weights; unused if none is kept.
  const engine::Parameters<float>& averaged() const { return averaged_; }
  const Scale& scale() const { return scale_; }
  const Past& past() const { return past_; }
  const Manner& manner() const { return manner_; }
  const ForecastOptions& options() const { return network_.options(); }
  /// Throws ShapeError if sizes differ.
  void restore(State state);

  /// Updates mean and size from targets `seen` (sessions, steps).
  void follow(engine::MatrixSpan<const double> seen);
  /// Writes the predictions, expected (sessions * steps), for rows ordered by session and step.
  void expect(const ForecastInputs<float>& rows, std::span<double> expected);
  /// Adds targets `seen` (sessions * steps, the same number in every lesson) to the replay buffer, then takes optimiser
  /// steps on half the squared error, each on rows sampled from the buffer.
  void learn(const ForecastInputs<float>& rows, std::span<const double> seen, const Lesson& lesson);

 private:
  void remember(const ForecastInputs<float>& rows, std::span<const double> seen, std::uint32_t lesson);
  void draw(engine::RandomStream stream, std::size_t count);
  void average();

  Manner manner_;
  ForecastNetwork<float> network_;
  engine::Parameters<float> parameters_;
  engine::Parameters<float> averaged_;
  engine::Parameters<float> gradients_;
  engine::AdamW<float> optimiser_;
  Scale scale_;
  Past past_;
  engine::ThreadPool alone_{1};  ///< for the optimiser
  engine::Workspace<float> workspace_;
  ForecastNetwork<float>::Cache cache_;
  engine::Matrix<float> scores_;
  engine::Matrix<float> states_;  ///< of the sampled rows
  engine::Matrix<float> items_;
  std::vector<float> aims_;
};

}  // namespace infodiet::rl
