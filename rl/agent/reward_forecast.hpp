// What reward a step is expected to have, given the state and the slate: two regressions, which a few thousand noisy
// rewards determine, and what a network knows beyond them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor.hpp"
#include "rl/agent/best_share.hpp"
#include "rl/agent/features.hpp"
#include "rl/agent/forecast.hpp"
#include "rl/agent/linear_forecast.hpp"
#include "rl/agent/log_forecast.hpp"

namespace infodiet::rl {

/// expected = terms + share (network - terms). `terms` is a regression on the terms of AgentFeatures, of rewards or of
/// their logarithms, whichever predicted the rewards of the last quarter of the lessons better, each before it was
/// learned: a mixture would keep part of what the worse one gets wrong. The share, within [0, 1], is what would have
/// predicted them best: near 1 where rewards are clear, near 0 where what the network adds is mostly the noise it
/// learned from (BestShare). Used by one thread at a time.
class RewardForecast {
 public:
  /// Of the logarithms beyond the line, and of the network beyond the better of the two.
  struct Shares {
    BestShare logarithms;
    BestShare network;
  };
  /// What must be saved to resume exactly as if never interrupted.
  struct State {
    Forecast::State network;
    std::vector<double> products;  ///< of the line
    LogForecast::State logarithms;
    Shares shares;
  };

  /// For states that begin with those of `features`.
  RewardForecast(const AgentFeatures& features, const ForecastOptions& options, const Forecast::Manner& manner,
                 std::uint64_t seed);

  const Forecast& network() const { return network_; }
  const LinearForecast& line() const { return line_; }
  const LogForecast& logarithms() const { return logarithms_; }
  const Shares& shares() const { return shares_; }
  /// Throws ShapeError if sizes differ, Error if the regressions' are no sums of products.
  void restore(State state);

  /// Learns from the rewards `seen` (R) of rows of states and mean items shown, the same number in every lesson.
  void learn(const ForecastInputs<float>& rows, std::span<const double> seen, const Forecast::Lesson& lesson);
  /// Writes the predictions, expected (R).
  void expect(const ForecastInputs<float>& rows, std::span<double> expected);

 private:
  void predict(const ForecastInputs<float>& rows);
  std::span<const double> by_terms() const;

  AgentFeatures features_;
  LinearForecast line_;
  LogForecast logarithms_;
  Forecast network_;
  Shares shares_;
  engine::Matrix<float> terms_;
  std::vector<double> by_line_;
  std::vector<double> by_logarithms_;
  std::vector<double> by_network_;
};

}  // namespace infodiet::rl
