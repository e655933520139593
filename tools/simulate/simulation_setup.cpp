#include "tools/simulate/simulation_setup.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "recsys/errors.hpp"
#include "recsys/suggest.hpp"
#include "rl/environments/registry.hpp"
#include "rl/policies/registry.hpp"
#include "rl/reward.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/options.hpp"
#include "tools/cli/shell_word.hpp"
#include "tools/simulate/sweep.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

void check_weeks(const SimulationSetup& request) {
  if (!rl::known_environment(request.environment).of_data()) {
    throw UsageError("--weeks needs people of a data set: use --environment catalogue");
  }
  if (request.sweep || request.learn || request.sessions != 1 || request.first != 0) {
    throw UsageError("--weeks has one session per person and week: leave out --sweep, --learn, --sessions and --first");
  }
  weekly_policies(request);
}

void check_learning(const SimulationSetup& request) {
  training(request, 1);
  const bool learns = request.learn || request.sweep || request.transfer;
  if (!learns && (request.agent || request.learn_from != "drawn")) {
    throw UsageError("--agent and --learn-from change the agent's training: give --learn too");
  }
  if (request.seeds > 1 && (!request.learn || request.resume)) {
    throw UsageError("--seeds trains the agent with several seeds, each from the start: give --learn, and no --resume");
  }
  if (!request.transfer) return;
  if (rl::known_environment(request.environment).of_data()) {
    throw UsageError("--transfer compares with the optimum, which is unknown in catalogue");
  }
  if (request.learn || request.sweep || request.weeks > 0 || request.seeds > 1) {
    throw UsageError(
        "--transfer itself trains an agent in every world: leave out --learn, --seeds, --sweep and "
        "--weeks");
  }
}

}  // namespace

rl::AgentTraining training(const SimulationSetup& request, std::uint64_t seed) {
  rl::AgentTraining training =
      recsys::read_options("--agent", rl::AgentTraining::settings(),
                           request.agent ? split_list(*request.agent) : std::vector<std::string>());
  if (training.width % rl::AgentConfig{}.heads != 0) {
    throw recsys::SettingError(fmt::format("--agent: width is set to {}: expected an even number, for {} heads",
                                           training.width, rl::AgentConfig{}.heads));
  }
  training.seed = seed;
  training.updates = request.updates;
  training.reward = request.learn_from == "expected" ? rl::RewardKind::expected : rl::RewardKind::drawn;
  return training;
}

void check(const SimulationSetup& request) {
  if (request.sweep && !rl::known_environment(request.environment).of_data()) {
    throw UsageError("--sweep changes a term of the reward, which only --environment catalogue takes");
  }
  if (request.sweep && (request.learn || request.resume)) {
    throw UsageError("--sweep itself trains an agent for every weight: leave out --learn and --resume");
  }
  if (request.sweep) {
    parse_sweep(*request.sweep);
    swept_policies(request);
  }
  if (request.explore > 0 && (request.sweep || request.weeks > 0)) {
    throw UsageError("--explore makes logs of single sessions: leave out --sweep and --weeks");
  }
  if (request.retrain && request.weeks == 0) {
    throw UsageError("--retrain retrains the recommender after each week: give --weeks too");
  }
  if (request.weeks > 0) check_weeks(request);
  check_learning(request);
  if (request.resume && !request.learn && request.weeks == 0) {
    throw UsageError("--resume continues training or weeks: give --learn or --weeks too");
  }
  if ((request.first + request.users) * request.sessions > std::numeric_limits<std::int32_t>::max() / 2) {
    throw UsageError(fmt::format("--users {} with --sessions {}: at most 1,000,000,000 sessions a run", request.users,
                                 request.sessions));
  }
  policy_names(request);
  rl::known_environment(request.environment);
  if (request.reward) rl::parse_reward(*request.reward);
}

std::vector<std::string> all_policy_names() {
  std::vector<std::string> known;
  for (const rl::KnownPolicy& policy : rl::known_policies()) known.emplace_back(policy.name);
  known.emplace_back(agent_name);
  return known;
}

std::vector<std::string> policy_names(const SimulationSetup& request) {
  std::vector<std::string> known = all_policy_names();
  if (request.policies == "all") return known;
  std::vector<std::string> names = split_list(request.policies);
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(known.begin(), known.end(), *name) == known.end()) {
      throw UsageError(fmt::format("--policy: there is no policy \"{}\": expected all, or some of {}{}",
                                   printable(*name), fmt::join(known, ", "), recsys::suggestion(*name, known)));
    }
    if (std::find(names.begin(), name, *name) != name) {
      throw UsageError(fmt::format("--policy: {} is given twice", *name));
    }
  }
  if (request.learn && std::find(names.begin(), names.end(), agent_name) == names.end()) {
    names.emplace_back(agent_name);
  }
  return names;
}

std::vector<std::string> swept_policies(const SimulationSetup& request) {
  const std::vector<std::string> names = policy_names(request);
  std::vector<std::string> swept;
  for (const std::string& name : names) {
    if (name == agent_name || rl::known_policy(name).set_variety != nullptr) swept.push_back(name);
  }
  if (swept.empty() || (request.policies != "all" && swept.size() != names.size())) {
    throw UsageError("--sweep: --policy must be some of agent, mmr and calibrated: others have nothing to sweep");
  }
  return swept;
}

std::vector<std::string> weekly_policies(const SimulationSetup& request) {
  if (request.policies == "all") return {"greedy"};
  std::vector<std::string> names = policy_names(request);
  for (const std::string& name : names) {
    if (name == agent_name || (name != "random" && !rl::known_policy(name).of_one_environment)) continue;
    throw UsageError(
        fmt::format("--weeks: {} cannot be a feed: a random feed and people alone are always included; most-varied, "
                    "slateq and optimum are for single sessions",
                    name));
  }
  return names;
}

rl::Keep kept(const SimulationSetup& request) {
  if (request.keep == "steps") return rl::Keep::steps;
  return request.keep == "samples" ? rl::Keep::samples : rl::Keep::sessions;
}

std::string command_line(const SimulationSetup& request, const SharedOptions& shared) {
  std::string text = "infodiet simulate";
  const auto add = [&](std::string_view option, const std::string& value) {
    text += fmt::format(" {} {}", option, shell_word(value));
  };
  add("--environment", request.environment);
  add("--policy", request.policies);
  add("--users", std::to_string(request.users));
  add("--sessions", std::to_string(request.sessions));
  add("--seed", std::to_string(shared.seed));
  if (request.settings) add("--set", *request.settings);
  if (request.reward) add("--reward", *request.reward);
  if (request.sweep) add("--sweep", *request.sweep);
  if (request.learn) text += " --learn";
  if (request.first > 0) add("--first", std::to_string(request.first));
  if (request.explore > 0) add("--explore", fmt::format("{}", request.explore));
  if (request.weeks > 0) add("--weeks", std::to_string(request.weeks));
  if (request.retrain) text += " --retrain";
  if (request.transfer) text += " --transfer";
  if (request.seeds > 1) add("--seeds", std::to_string(request.seeds));
  if (request.learn || request.sweep || request.transfer) {
    add("--updates", std::to_string(request.updates));
    add("--learn-from", request.learn_from);
    if (request.agent) add("--agent", *request.agent);
  }
  add("--db", shared.database);
  return text;
}

}  // namespace infodiet::tools
