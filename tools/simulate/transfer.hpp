// `simulate --transfer`: how well an agent trained in one world does in similar ones.
#pragma once

#include <string>
#include <vector>

#include "tools/simulate/simulation_run.hpp"

namespace infodiet::tools {

/// A world to train and test agents in.
struct MovedWorld {
  std::string name;                   ///< "as given", or the changed setting, "safe=0.4125"
  std::vector<std::string> settings;  ///< "name=value"
};
/// The environment with `settings`, and with one setting after the other a quarter lower and a quarter higher, within
/// its range: those that `settings` name, or by default all real ones other than 0. Throws SettingError for settings
/// that are unknown or out of range.
std::vector<MovedWorld> moved_worlds(const std::string& environment, const std::vector<std::string>& settings);

/// Trains an agent in each world, tests each in all worlds, stores and prints the matrix. Throws SettingError,
/// DataError, Interrupted.
void run_transfer(SimulationRun& run);

}  // namespace infodiet::tools
