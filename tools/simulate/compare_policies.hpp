// What `infodiet simulate` does without --sweep: every policy before the same people, beside the computed optimum.
#pragma once

#include "tools/simulate/simulation_run.hpp"

namespace infodiet::tools {

/// Lets the agent learn if that is asked for, runs the policies asked for, stores and prints what they came to. With
/// "all", a policy that cannot be had is left out and a message says why. Throws SettingError, DataError, Interrupted.
void compare_policies(SimulationRun& run);

}  // namespace infodiet::tools
