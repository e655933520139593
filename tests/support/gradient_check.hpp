// The one check of a backward pass against its forward pass: central differences of fourth order in double. Says which
// number of which block is worst, so that a failure points at the line to read. Not for float, where differences are
// mostly rounding.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/parameters.hpp"
#include "engine/random.hpp"

namespace infodiet::test {

/// Numbers that the loss depends on, and the gradient that the backward pass gave them.
struct Differentiated {
  std::string name;
  std::span<double> values;
  std::span<const double> gradient;
};

struct GradientCheckOptions {
  double step = 1e-3;
  double tolerance = 1e-6;        ///< relative error allowed
  std::size_t probes = 24;        ///< numbers tried in each block, drawn without order; all of them in smaller blocks
  std::uint64_t seed = 20240917;  ///< of that draw
};

/// Compares every block with differences of `loss`, which runs forward from the current values: with d(h) = loss(x + h)
/// - loss(x - h), the gradient is (8 d(step) - d(2 step)) / (12 step) up to step^4, so that the step can be large
/// enough for rounding not to matter. Errors are relative to the larger of the two gradients, or a hundredth of the
/// block's largest, or 1e-6, which differences of a loss near 1 cannot tell from 0 any better.
inline testing::AssertionResult gradients_match(const std::vector<Differentiated>& blocks,
                                                const std::function<double()>& loss,
                                                const GradientCheckOptions& options = {}) {
  struct Worst {
    std::string name = "none";
    std::size_t index = 0;
    double analytic = 0;
    double numeric = 0;
    double error = 0;
  } worst;
  std::uint32_t number = 0;
  for (const Differentiated& block : blocks) {
    if (block.values.size() != block.gradient.size()) {
      return testing::AssertionFailure() << block.name << ": " << block.values.size() << " values but "
                                         << block.gradient.size() << " gradients";
    }
    double largest = 0;
    for (const double g : block.gradient) largest = std::max(largest, std::abs(g));
    engine::RandomStream stream(options.seed, engine::Purpose::test, 0, number++);
    const std::size_t tries = std::min(options.probes, block.values.size());
    for (std::size_t probe = 0; probe < tries; ++probe) {
      const std::size_t i = tries == block.values.size() ? probe : stream.below(block.values.size());
      const double value = block.values[i];
      const auto difference = [&](double h) {
        block.values[i] = value + h;
        const double above = loss();
        block.values[i] = value - h;
        return above - loss();
      };
      const double numeric = (8 * difference(options.step) - difference(2 * options.step)) / (12 * options.step);
      block.values[i] = value;
      const double analytic = block.gradient[i];
      const double scale = std::max({std::abs(numeric), std::abs(analytic), 0.01 * largest, 1e-6});
      const double error = std::abs(numeric - analytic) / scale;
      if (!(error <= worst.error) && !std::isnan(worst.error)) worst = {block.name, i, analytic, numeric, error};
    }
  }
  const std::string report = "worst is " + worst.name + "[" + std::to_string(worst.index) + "]: backward gives " +
                             std::to_string(worst.analytic) + ", differences give " + std::to_string(worst.numeric) +
                             ", relative error " + testing::PrintToString(worst.error);
  if (!(worst.error <= options.tolerance)) return testing::AssertionFailure() << report;
  return testing::AssertionSuccess() << report;
}

/// Appends every parameter of the layout.
inline void add_parameters(std::vector<Differentiated>& blocks, const engine::ParameterLayout& layout,
                           engine::Parameters<double>& parameters, const engine::Parameters<double>& gradients) {
  for (const engine::ParameterInfo& entry : layout.entries()) {
    const std::size_t size = entry.handle.rows * entry.handle.cols;
    blocks.push_back({entry.name, {parameters.data(entry.handle), size}, {gradients.data(entry.handle), size}});
  }
}

}  // namespace infodiet::test
