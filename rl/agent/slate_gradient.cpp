#include "rl/agent/slate_gradient.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/errors.hpp"

namespace infodiet::rl {

namespace {

void require_same_shape(const char* function, engine::MatrixSpan<const double> rewards,
                        engine::MatrixSpan<const double> others) {
  if (others.rows == rewards.rows && others.cols == rewards.cols) return;
  throw ShapeError(fmt::format("{}: rewards ({}, {}) with ({}, {}): expected the same (sessions, steps)", function,
                               rewards.rows, rewards.cols, others.rows, others.cols));
}

}  // namespace

void generalised_advantages(engine::MatrixSpan<const double> rewards, engine::MatrixSpan<const double> values,
                            const Horizon& horizon, engine::MatrixSpan<double> advantages) {
  require_same_shape("generalised_advantages", rewards, values);
  require_same_shape("generalised_advantages", rewards, advantages);
  for (std::size_t m = 0; m < rewards.rows; ++m) {
    double advantage = 0;
    double next_value = 0;
    for (std::size_t t = rewards.cols; t-- > 0;) {
      const double value = values.row(m)[t];
      advantage = rewards.row(m)[t] + horizon.discount * (next_value + horizon.trace * advantage) - value;
      advantages.row(m)[t] = advantage;
      next_value = value;
    }
  }
}

void leave_one_out(engine::MatrixSpan<double> advantages, std::size_t group) {
  if (group < 2 || advantages.rows % group != 0) {
    throw ShapeError(
        fmt::format("leave_one_out: {} sessions in groups of {}: expected full groups of at least 2, since each "
                    "session is measured against the others of its person",
                    advantages.rows, group));
  }
  const double others = static_cast<double>(group - 1);
  for (std::size_t first = 0; first < advantages.rows; first += group) {
    for (std::size_t t = 0; t < advantages.cols; ++t) {
      double total = 0;
      for (std::size_t m = first; m < first + group; ++m) total += advantages.row(m)[t];
      for (std::size_t m = first; m < first + group; ++m) {
        double& advantage = advantages.row(m)[t];
        advantage -= (total - advantage) / others;
      }
    }
  }
}

double clipped_advantage(double advantage, double log_ratio, double most) {
  const double ratio = std::exp(log_ratio);
  if (advantage > 0 ? ratio > 1 + most : ratio < 1 - most) return 0;
  return advantage * ratio;
}

}  // namespace infodiet::rl
