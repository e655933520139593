#include "rl/agent/slate_gradient.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"

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

}  // namespace infodiet::rl
