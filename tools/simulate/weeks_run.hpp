// What `infodiet simulate --weeks` does: people and feeds week after week, beside a random feed and people alone.
#pragma once

#include "tools/cli/command.hpp"
#include "tools/simulate/simulation_setup.hpp"

namespace infodiet::tools {

/// Lets the weeks go by, the recommender learning again after each if that is asked for; keeps a checkpoint a week,
/// stores and prints what they came to. Throws SettingError, DataError, Interrupted.
void run_weeks(const SimulationSetup& request, const Context& context);

}  // namespace infodiet::tools
