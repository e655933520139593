// The options of `infodiet simulate`: checks of their combination, and what a run records of them.
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

/// The name of the agent among the policies of rl::known_policies().
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
  std::size_t seeds = 1;  ///< number of seeds from which the agent learns separately
  bool transfer = false;
  std::size_t first = 0;
  double explore = 0;
  std::string keep = "samples";
  std::size_t weeks = 0;  ///< 0: single sessions
  bool retrain = false;
  std::string lesson{};  ///< name of the lesson, or empty
};

/// Throws UsageError or SettingError if options are wrong or do not go together.
void check(const SimulationSetup& request);

/// The names of all policies, the agent last.
std::vector<std::string> all_policy_names();
/// The requested policies. Throws UsageError for an unknown or repeated one.
std::vector<std::string> policy_names(const SimulationSetup& request);
/// The requested policies that have a trade-off to sweep. Throws UsageError if others were named.
std::vector<std::string> swept_policies(const SimulationSetup& request);

/// The feeds for weeks, by default greedy. Throws UsageError for a policy that cannot be one.
std::vector<std::string> weekly_policies(const SimulationSetup& request);

/// How the agent learns. Throws SettingError for what is out of range.
rl::AgentTraining training(const SimulationSetup& request, std::uint64_t seed);

/// How much of the run is stored; nothing for none.
rl::Keep kept(const SimulationSetup& request);
/// The command that repeats the run in the same folder, quoted for a shell.
std::string command_line(const SimulationSetup& request, const SharedOptions& shared);

}  // namespace infodiet::tools
