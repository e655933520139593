// `infodiet simulate` without --sweep: every policy with the same people, compared with the computed optimum.
#pragma once

#include <vector>

#include "tools/simulate/simulation_run.hpp"

namespace infodiet::tools {

/// Lets the agent learn if requested, runs the requested policies, stores and prints the results. With "all",
/// unavailable policies are left out with a message. Throws SettingError, DataError, Interrupted.
void compare_policies(SimulationRun& run);

/// Runs these policies one after the other in one stored run, which the caller finishes.
std::vector<PolicyResult> run_policies(SimulationRun& run, const std::vector<NamedPolicy>& policies,
                                       const Ceiling& ceiling);

/// Prints the computed returns, and the meaning of percentages.
void print_way(const Console& console, const rl::Optimum& optimum);

/// The computed returns, for JSON; null if there are none.
Json optimum_json(const rl::Optimum* optimum);

}  // namespace infodiet::tools
