// What is to be expected in a session, learned beside the agent from the same sessions and of no use afterwards: what a
// step earns, or what a session is still worth. Sees what the agent sees, never what is hidden.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/optim/adamw.hpp"
#include "engine/parallel.hpp"
#include "engine/random.hpp"
#include "rl/agent/forecast_network.hpp"

namespace infodiet::rl {

/// forecast(row of step t) = mean of step t + size score(state, item). Mean and size follow the numbers seen in the
/// latest updates, so that the network learns numbers of about 1 whatever the unit. Used by one thread at a time.
class Forecast {
 public:
  struct Scale {
    std::vector<double> means;  ///< (steps)
    double size = 0;            ///< 0 before the first update, and while nothing differs
  };
  /// How it learns.
  struct Manner {
    std::size_t remembered = 1;  ///< latest lessons whose rows are drawn from
    std::size_t rounds = 4;      ///< steps of the optimiser in a lesson
  };
  /// Rows of the lessons remembered, lesson n in place n % remembered.
  struct Past {
    std::vector<float> states;  ///< (rows * Fs)
    std::vector<float> items;   ///< (rows * Fi)
    std::vector<float> seen;    ///< (rows)
  };
  /// What must be kept to go on later exactly as if never interrupted.
  struct State {
    engine::Parameters<float> parameters;
    engine::AdamW<float>::State moments;
    Scale scale;
    Past past;  ///< may be empty where one lesson is remembered
  };
  /// What draws of rows depend on, and how far a step goes.
  struct Lesson {
    double rate = 0;
    std::uint64_t seed = 1;
    std::uint32_t update = 0;
  };

  /// Starts with the numbers of `seed`, for sessions of `steps` steps; 1: all steps are alike and have one mean.
  Forecast(const ForecastOptions& options, const Manner& manner, std::size_t steps, std::uint64_t seed);

  const engine::ParameterLayout& layout() const { return network_.layout(); }
  const engine::Parameters<float>& parameters() const { return parameters_; }
  const engine::AdamW<float>::State& moments() const { return optimiser_.state(); }
  const Scale& scale() const { return scale_; }
  const Past& past() const { return past_; }
  const Manner& manner() const { return manner_; }
  const ForecastOptions& options() const { return network_.options(); }
  /// Throws ShapeError if it is the state of another forecast.
  void restore(State state);

  /// Lets mean and size follow what was seen (sessions, steps).
  void follow(engine::MatrixSpan<const double> seen);
  /// expected (sessions * steps), of rows ordered by session and step.
  void expect(const ForecastInputs<float>& rows, std::span<double> expected);
  /// Remembers what was seen (sessions * steps, as many in every lesson), and takes steps against half the squared
  /// difference from it, each on rows drawn anew from all that is remembered.
  void learn(const ForecastInputs<float>& rows, std::span<const double> seen, const Lesson& lesson);

 private:
  void remember(const ForecastInputs<float>& rows, std::span<const double> seen, std::uint32_t lesson);
  void draw(engine::RandomStream stream, std::size_t count);

  Manner manner_;
  ForecastNetwork<float> network_;
  engine::Parameters<float> parameters_;
  engine::Parameters<float> gradients_;
  engine::AdamW<float> optimiser_;
  Scale scale_;
  Past past_;
  engine::ThreadPool alone_{1};  ///< for the optimiser, which asks for one
  engine::Workspace<float> workspace_;
  ForecastNetwork<float>::Cache cache_;
  engine::Matrix<float> scores_;
  engine::Matrix<float> states_;  ///< of the rows drawn
  engine::Matrix<float> items_;
  std::vector<float> aims_;
};

}  // namespace infodiet::rl
