// `simulate --transfer`: what an agent that learned in one world is worth in others nearby.
#pragma once

#include <string>
#include <vector>

#include "tools/simulate/simulation_run.hpp"

namespace infodiet::tools {

/// A world that an agent learns in and is tested in.
struct MovedWorld {
  std::string name;                   ///< "as given", or the setting that was moved, "safe=0.4125"
  std::vector<std::string> settings;  ///< "name=value"
};
/// The environment as `settings` give it, and with one setting after the other a quarter lower and a quarter higher, as
/// far as its range goes: those that `settings` name, or, where they name none, every one that is a real number other
/// than 0. Throws SettingError for settings that are not known or out of range.
std::vector<MovedWorld> moved_worlds(const std::string& environment, const std::vector<std::string>& settings);

/// Lets an agent learn in each world, tests each in all, stores and prints the matrix. Throws SettingError, DataError,
/// Interrupted.
void run_transfer(SimulationRun& run);

}  // namespace infodiet::tools
