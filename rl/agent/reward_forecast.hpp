// What reward a step is expected to have, given the state and the slate: a linear prediction, which a few thousand
// noisy rewards determine, and what a network knows beyond it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor.hpp"
#include "rl/agent/features.hpp"
#include "rl/agent/forecast.hpp"
#include "rl/agent/linear_forecast.hpp"

namespace infodiet::rl {

/// expected = linear + share (network - linear). The share is what would have predicted the rewards of the lessons so
/// far best, in squares, each before it was learned: near 1 where rewards are clear, near 0 where what the network adds
/// is mostly the noise it learned from. Used by one thread at a time.
class RewardForecast {
 public:
  /// Means over lessons, from which the share comes.
  struct Gain {
    double product = 0;  ///< of network - linear and reward - linear
    double square = 0;   ///< of network - linear
  };
  /// What must be saved to resume exactly as if never interrupted.
  struct State {
    Forecast::State network;
    std::vector<double> products;  ///< of the linear prediction
    Gain gain;
  };

  /// For states that begin with those of `features`.
  RewardForecast(const AgentFeatures& features, const ForecastOptions& options, const Forecast::Manner& manner,
                 std::uint64_t seed);

  const Forecast& network() const { return network_; }
  const LinearForecast& linear() const { return linear_; }
  const Gain& gain() const { return gain_; }
  /// Throws ShapeError if sizes differ, Error if the linear prediction's are no sums of products.
  void restore(State state);

  /// Learns from the rewards `seen` (R) of rows of states and mean items shown, the same number in every lesson.
  void learn(const ForecastInputs<float>& rows, std::span<const double> seen, const Forecast::Lesson& lesson);
  /// Writes the predictions, expected (R).
  void expect(const ForecastInputs<float>& rows, std::span<double> expected);

 private:
  void predict(const ForecastInputs<float>& rows);
  void follow_gain(std::span<const double> seen, std::uint32_t lesson);

  AgentFeatures features_;
  LinearForecast linear_;
  Forecast network_;
  Gain gain_;
  engine::Matrix<float> terms_;
  std::vector<double> by_line_;
  std::vector<double> by_network_;
};

}  // namespace infodiet::rl
