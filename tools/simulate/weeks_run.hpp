// `infodiet simulate --weeks`: people and feeds week after week, compared with a random feed and people alone.
#pragma once

#include "tools/cli/command.hpp"
#include "tools/simulate/simulation_setup.hpp"

namespace infodiet::tools {

/// Simulates the weeks, retraining the recommender after each if requested, with a checkpoint per week; stores and
/// prints the results. Throws SettingError, DataError, Interrupted.
void run_weeks(const SimulationSetup& request, const Context& context);

}  // namespace infodiet::tools
