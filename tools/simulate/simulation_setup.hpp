// What `infodiet simulate` is asked for: its options, whether they go together, and what of them a run records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rl/agent/trainer.hpp"
#include "rl/runs/run_store.hpp"
#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// The name under which the agent stands beside the policies of rl::known_policies().
inline constexpr std::string_view agent_name = "agent";

/// One member for each option of the command, with its default.
struct SimulationSetup {
  std::string environment;
  std::optional<std::string> settings;  ///< "name=value,..." as given
  std::string policies = "all";
  std::size_t users = 1000;
  std::size_t sessions = 1;
  std::optional<std::string> reward;
  std::optional<std::string> sweep;
  bool learn = false;
  bool resume = false;
  std::size_t updates = rl::AgentTraining{}.updates;
  std::optional<std::string> agent;  ///< "name=value,..." of how it learns, as given
  std::string learn_from = "drawn";
  std::size_t seeds = 1;  ///< from how many the agent learns, each by itself
  bool transfer = false;
  std::size_t first = 0;
  double explore = 0;
  std::string keep = "samples";
  std::size_t weeks = 0;  ///< 0: single sessions
  bool retrain = false;
  std::string lesson{};  ///< that it is a run of, or empty
};

/// Throws UsageError or SettingError where the options are wrong or do not go together.
void check(const SimulationSetup& request);

/// Every policy there is, the agent last.
std::vector<std::string> all_policy_names();
/// The policies asked for. Throws UsageError for one that is not known or given twice.
std::vector<std::string> policy_names(const SimulationSetup& request);
/// Those that have something to sweep. Throws UsageError if others were asked for by name.
std::vector<std::string> swept_policies(const SimulationSetup& request);

/// The feeds that go through weeks: greedy unless others are asked for. Throws UsageError for one that cannot.
std::vector<std::string> weekly_policies(const SimulationSetup& request);

/// How the agent learns. Throws SettingError for what is out of range.
rl::AgentTraining training(const SimulationSetup& request, std::uint64_t seed);

/// How much of the run is kept, unless nothing is.
rl::Keep kept(const SimulationSetup& request);
/// The command that repeats the run in the same folder, quoted for a shell.
std::string command_line(const SimulationSetup& request, const SharedOptions& shared);

}  // namespace infodiet::tools
