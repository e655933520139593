// `simulate --learn --seeds N`: how reliable the agent's learning is, from several seeds with the same people.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rl/agent/learning_curve.hpp"
#include "tools/simulate/learning.hpp"
#include "tools/simulate/simulation_run.hpp"

namespace infodiet::tools {

/// A mean and half of its 95 % interval by Student's t; 0 for a single value. `values` must not be empty.
struct Interval {
  double mean = 0;
  double half = 0;
};
Interval interval(std::span<const double> values);

/// The result of learning from one seed.
struct SeedResult {
  std::uint64_t seed = 0;
  rl::Estimate earned{};
  std::optional<rl::Estimate> percent{};  ///< percent_of_optimum
  std::optional<rl::CurveSummary> curve{};
  double cpu_seconds = 0;  ///< of the learning
};

/// Evaluates `agent`, learned from `seed`, in the run's environment with the run's people.
SeedResult seed_result(SimulationRun& run, const LearnedAgent& agent, std::uint64_t seed, const rl::Optimum* optimum);
/// Learns from the seeds after the run's own, stores nothing, and adds the result of each.
void learn_from_more_seeds(SimulationRun& run, const rl::Optimum* optimum, std::vector<SeedResult>& results);

Json to_json(const SeedResult& result);
/// A line for each seed and one for all of them.
void print_seeds(const Console& console, const std::vector<SeedResult>& results, std::size_t sessions);

}  // namespace infodiet::tools
