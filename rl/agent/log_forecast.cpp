#include "rl/agent/log_forecast.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace infodiet::rl {

void LogForecast::restore(State state) {
  line_.restore(std::move(state.products));
  factor_ = state.factor;
  largest_ = state.largest;
}

void LogForecast::learn(engine::MatrixSpan<const float> terms, std::span<const double> seen, std::uint64_t lessons) {
  std::vector<double> before(seen.size());
  expect_without_factor(terms, before);
  // The first lesson is predicted to be 0 throughout, which says nothing of the factor.
  if (lessons > 0) factor_.follow(std::vector<double>(seen.size()), before, seen, lessons - 1);
  std::vector<double> logarithms(seen.begin(), seen.end());
  for (double& number : logarithms) {
    number = std::asinh(number);
    largest_ = std::max(largest_, std::abs(number));
  }
  line_.learn(terms, logarithms);
}

void LogForecast::expect_without_factor(engine::MatrixSpan<const float> terms, std::span<double> expected) const {
  line_.expect(terms, expected);
  for (double& number : expected) number = std::sinh(std::clamp(number, -largest_, largest_));
}

void LogForecast::expect(engine::MatrixSpan<const float> terms, std::span<double> expected) const {
  expect_without_factor(terms, expected);
  const double factor = factor_.share(1);
  for (double& number : expected) number *= factor;
}

}  // namespace infodiet::rl
