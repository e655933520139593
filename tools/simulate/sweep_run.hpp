// `infodiet simulate --sweep`: the frontier of engagement against one term of the reward, policy by policy.
#pragma once

#include "tools/simulate/simulation_run.hpp"

namespace infodiet::tools {

/// Runs the requested policies at every point of the sweep, with a new agent for each weight; stores and prints the
/// points. Throws SettingError, DataError, Interrupted.
void run_sweep(SimulationRun& run);

}  // namespace infodiet::tools
