// What `infodiet simulate` does without --sweep: every policy before the same people, beside the computed optimum.
#pragma once

#include <vector>

#include "tools/simulate/simulation_run.hpp"

namespace infodiet::tools {

/// Lets the agent learn if that is asked for, runs the policies asked for, stores and prints what they came to. With
/// "all", a policy that cannot be had is left out and a message says why. Throws SettingError, DataError, Interrupted.
void compare_policies(SimulationRun& run);

/// Runs these policies one after the other, as a run that is then to be finished.
std::vector<PolicyResult> run_policies(SimulationRun& run, const std::vector<NamedPolicy>& policies,
                                       const Ceiling& ceiling);

/// Prints what was computed, and what a share of the way from random to the optimum means.
void print_way(const Console& console, const rl::Optimum& optimum);

/// What was computed, for JSON; null where nothing was.
Json optimum_json(const rl::Optimum* optimum);

}  // namespace infodiet::tools
