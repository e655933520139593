// Ridge regression of what varies by factors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rl/agent/best_share.hpp"
#include "rl/agent/linear_forecast.hpp"

namespace infodiet::rl {

/// expected = factor sinh(terms w): w fits asinh(seen), which for large numbers is their logarithm, and for negative
/// and small ones works as well (Burbidge, Magee and Robb 1988). The factor makes up for the mean of a logarithm being
/// less than the logarithm of a mean (smearing: Duan 1983). No prediction of asinh exceeds what was seen. Where noise
/// multiplies, logarithms have even noise, so w is more exact than that of a line, and effects multiply.
class LogForecast {
 public:
  /// What must be saved to go on exactly as if never interrupted.
  struct State {
    std::vector<double> products;  ///< of line()
    BestShare factor;
    double largest = 0;  ///< of asinh |seen|
  };

  explicit LogForecast(std::size_t terms) : line_(terms) {}

  const LinearForecast& line() const { return line_; }
  State state() const { return {line_.products(), factor_, largest_}; }
  /// Throws as LinearForecast::restore.
  void restore(State state);

  /// Learns from rows `terms` (R, terms) and what was seen (R); `lessons` were learned before.
  void learn(engine::MatrixSpan<const float> terms, std::span<const double> seen, std::uint64_t lessons);
  /// Writes the predictions, expected (R); 0 before the first lesson.
  void expect(engine::MatrixSpan<const float> terms, std::span<double> expected) const;

 private:
  void expect_without_factor(engine::MatrixSpan<const float> terms, std::span<double> expected) const;

  LinearForecast line_;
  BestShare factor_;
  double largest_ = 0;
};

}  // namespace infodiet::rl
