#include "rl/agent/slate_gradient.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"

namespace infodiet::rl {

void rewards_to_go(engine::MatrixSpan<const double> rewards, double discount, engine::MatrixSpan<double> sums) {
  if (sums.rows != rewards.rows || sums.cols != rewards.cols) {
    throw ShapeError(
        fmt::format("rewards_to_go: rewards ({}, {}) into sums ({}, {}): expected the same (sessions, steps)",
                    rewards.rows, rewards.cols, sums.rows, sums.cols));
  }
  for (std::size_t m = 0; m < rewards.rows; ++m) {
    double to_go = 0;
    for (std::size_t t = rewards.cols; t-- > 0;) {
      to_go = rewards.row(m)[t] + discount * to_go;
      sums.row(m)[t] = to_go;
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

}  // namespace infodiet::rl
