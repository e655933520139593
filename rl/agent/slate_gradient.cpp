#include "rl/agent/slate_gradient.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/errors.hpp"
#include "rl/agent/plackett_luce.hpp"

namespace infodiet::rl {

void leave_one_out_advantages(engine::MatrixSpan<const double> rewards, const CreditOptions& options,
                              engine::MatrixSpan<double> advantages) {
  const std::size_t group = options.group;
  if (group < 2 || rewards.rows % group != 0) {
    throw ShapeError(
        fmt::format("leave_one_out_advantages: {} sessions in groups of {}: expected full groups of at "
                    "least 2, since each session is measured against the others of its person",
                    rewards.rows, group));
  }
  if (advantages.rows != rewards.rows || advantages.cols != rewards.cols) {
    throw ShapeError(
        fmt::format("leave_one_out_advantages: rewards ({}, {}) into advantages ({}, {}): expected the "
                    "same (sessions, steps)",
                    rewards.rows, rewards.cols, advantages.rows, advantages.cols));
  }
  const double others = static_cast<double>(group - 1);
  for (std::size_t first = 0; first < rewards.rows; first += group) {
    for (std::size_t m = first; m < first + group; ++m) {
      double to_go = 0;
      for (std::size_t t = rewards.cols; t-- > 0;) {
        to_go = rewards.row(m)[t] + options.discount * to_go;
        advantages.row(m)[t] = to_go;
      }
    }
    for (std::size_t t = 0; t < rewards.cols; ++t) {
      double total = 0;
      for (std::size_t m = first; m < first + group; ++m) total += advantages.row(m)[t];
      for (std::size_t m = first; m < first + group; ++m) {
        double& advantage = advantages.row(m)[t];
        advantage -= (total - advantage) / others;
      }
    }
  }
}

void normalise(engine::MatrixSpan<double> advantages) {
  double squares = 0;
  for (std::size_t m = 0; m < advantages.rows; ++m) {
    for (std::size_t t = 0; t < advantages.cols; ++t) squares += advantages.row(m)[t] * advantages.row(m)[t];
  }
  const double size = std::sqrt(squares / static_cast<double>(advantages.rows * advantages.cols));
  if (!(size > 0)) return;
  for (std::size_t m = 0; m < advantages.rows; ++m) {
    for (std::size_t t = 0; t < advantages.cols; ++t) advantages.row(m)[t] /= size;
  }
}

void add_decision_gradient(std::span<const double> scores, std::span<const Position> slate,
                           const DecisionWeights& weights, std::span<double> gradient) {
  add_slate_gradient(scores, slate, weights.advantage, gradient);
  add_entropy_gradient(scores, weights.entropy, gradient);
}

}  // namespace infodiet::rl
