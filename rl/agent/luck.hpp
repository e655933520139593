// What rewards owe to luck: an update's decisions are judged without it.
#pragma once

#include <span>
#include <vector>

#include "engine/tensor.hpp"
#include "engine/workspace.hpp"
#include "rl/agent/linear_forecast.hpp"
#include "rl/agent/model.hpp"

namespace infodiet::rl {

/// Control variates for the rewards of steps (Greensmith, Bartlett and Baxter 2004). What was chosen minus the user
/// model's probabilities, its engagement and the reward minus what was expected of them are 0 on average, whatever the
/// slate, so subtracting any multiple from a reward changes no expectation. The multiples are those that explain the
/// temporal-difference errors of the latest lessons best: a click is worth its reward, and costs or gains what it does
/// to the person's later sessions. Used by one thread at a time.
class Luck {
 public:
  /// The steps of an update by session, rows R.
  struct Steps {
    ObservedSteps<float> seen;
    engine::MatrixSpan<const float> states;  ///< (R, Fs)
    std::span<const double> rewards;         ///< (R)
    std::span<const double> expected;        ///< (R) rewards, given what was shown
    std::span<const double> values;          ///< (R) of the rest of the session, before each step
  };

  explicit Luck(const AgentFeatures& features);

  const LinearForecast& line() const { return line_; }
  /// Throws as LinearForecast::restore.
  void restore(std::vector<double> products) { line_.restore(std::move(products)); }

  /// Keeps what the user model expects people to do in these steps.
  void expect(const AgentModel& model, const ObservedSteps<float>& seen);
  /// Learns from the steps, those of the last `expect`, then writes their rewards without luck, rest (R).
  /// Throws ShapeError if that was of another number of steps.
  void remove(const AgentModel& model, const Steps& steps, std::span<double> rest);

 private:
  void describe(const AgentModel& model, const Steps& steps);

  LinearForecast line_;
  engine::Workspace<float> workspace_;
  UserModel<float>::Cache cache_;
  engine::Matrix<float> terms_;
  std::vector<double> errors_;
};

}  // namespace infodiet::rl
