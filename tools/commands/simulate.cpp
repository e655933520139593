// `infodiet simulate`: simulated people and a feed, under one policy or many, compared with the computed optimum.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rl/environments/registry.hpp"
#include "rl/policies/registry.hpp"
#include "rl/reward.hpp"
#include "tools/cli/command.hpp"
#include "tools/commands/commands.hpp"
#include "tools/simulate/compare_policies.hpp"
#include "tools/simulate/simulation_setup.hpp"
#include "tools/simulate/sweep_run.hpp"
#include "tools/simulate/transfer.hpp"
#include "tools/simulate/weeks_run.hpp"

namespace infodiet::tools {

namespace {

class SimulateCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  SimulationSetup request_;
};

constexpr std::size_t most_users = 10000000;

std::vector<HelpTopic> help_topics() {
  std::vector<HelpTopic> topics;
  for (const rl::KnownEnvironment& known : rl::known_environments()) {
    std::string text = fmt::format("{}: {}\n\nSettings:", known.name, known.assumptions);
    for (const recsys::SettingInfo& setting : known.settings) {
      text += fmt::format("\n  {} ({}): {}", setting.name, setting.value, setting.meaning);
    }
    topics.push_back({std::string(known.name), std::move(text)});
  }
  std::string policies = "Policies:";
  for (const rl::KnownPolicy& known : rl::known_policies()) {
    policies += fmt::format("\n  {}: {}", known.name, known.meaning);
  }
  policies += "\n  agent: attention between candidates and the session so far, learned by policy gradient";
  topics.push_back({"policies", std::move(policies)});
  std::string agent = "Settings of the agent's training, set with --agent name=value,...:";
  for (const auto& setting : rl::AgentTraining::settings()) {
    agent += fmt::format("\n  {} ({}; from {} to {}): {}", setting.name, setting.value, setting.low, setting.high,
                         setting.meaning);
  }
  topics.push_back({"agent", std::move(agent)});
  std::string reward = "Terms of the reward, for each item consumed:";
  for (const auto& term : rl::RewardWeights::settings()) reward += fmt::format("\n  {}: {}", term.name, term.meaning);
  topics.push_back({"reward", std::move(reward)});
  return topics;
}

// Names that completion offers.
std::vector<std::string> environment_names() {
  std::vector<std::string> names;
  for (const rl::KnownEnvironment& known : rl::known_environments()) names.emplace_back(known.name);
  return names;
}

std::vector<std::string> setting_names() {
  std::vector<std::string> names;
  for (const rl::KnownEnvironment& known : rl::known_environments()) {
    for (const recsys::SettingInfo& setting : known.settings) names.push_back(fmt::format("{}=", setting.name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> term_names() {
  std::vector<std::string> names;
  for (const auto& term : rl::RewardWeights::settings()) names.push_back(fmt::format("{}=", term.name));
  return names;
}

std::vector<std::string> agent_setting_names() {
  std::vector<std::string> names;
  for (const auto& setting : rl::AgentTraining::settings()) names.push_back(fmt::format("{}=", setting.name));
  return names;
}

std::vector<std::string> policy_choices() {
  std::vector<std::string> names = all_policy_names();
  names.emplace_back("all");
  return names;
}

// Options of training and of weeks.
void declare_course(OptionSet& options, SimulationSetup& request) {
  options.integer({.name = "weeks", .value = "N", .help = "simulate N weeks in catalogue, compared with other feeds"},
                  request.weeks, {.minimum = 1, .maximum = 1000});
  options.flag({.name = "retrain", .help = "retrain the recommender after each week"}, request.retrain);
  options.flag({.name = "learn", .help = "train the agent first, and publish it"}, request.learn);
  options.flag({.name = "resume", .help = "continue interrupted training or weeks"}, request.resume);
  options.integer({.name = "updates", .value = "N", .help = "updates of the agent's training"}, request.updates,
                  {.minimum = 1, .maximum = 1000000});
  options.text({.name = "agent",
                .value = "NAME=VALUE,...",
                .help = "change settings of its training (infodiet help simulate agent)",
                .known = agent_setting_names()},
               request.agent);
  options.choice({.name = "learn-from", .value = "REWARD", .help = "train on drawn rewards, or on expected ones"},
                 request.learn_from, {"drawn", "expected"});
  options.integer({.name = "seeds", .value = "N", .help = "train the agent with N seeds"}, request.seeds,
                  {.minimum = 1, .maximum = 1000});
  options.flag({.name = "transfer",
                .help = "train an agent with each setting changed by a quarter, and test each in all of these worlds"},
               request.transfer);
}

}  // namespace

void SimulateCommand::setup(CommandSpec& spec) {
  spec.description =
      "Puts simulated people in front of a feed and shows what each policy earns and what it does to their diets, "
      "compared with the computed optimum if there is one. Every policy gets the same people and random draws. The "
      "run, its sessions and their steps are stored in the database.";
  for (const rl::KnownEnvironment& known : rl::known_environments()) {
    spec.description += fmt::format("{}  {}: {}", &known == &rl::known_environments().front() ? "\n\n" : "\n",
                                    known.name, known.summary);
  }
  spec.topics = help_topics();
  spec.example = "infodiet simulate --db world.db --environment catalogue --reward engagement=1,diversity=0.5 --learn";
  spec.options.text({.name = "environment",
                     .value = "NAME",
                     .help = fmt::format("where: {}", fmt::join(environment_names(), ", ")),
                     .required = true,
                     .known = environment_names()},
                    request_.environment);
  spec.options.text({.name = "set",
                     .value = "NAME=VALUE,...",
                     .help = "change settings of the environment",
                     .known = setting_names()},
                    request_.settings);
  spec.options.text({.name = "policy",
                     .value = "NAME,...",
                     .help = "the policies that choose items; all: every policy",
                     .known = policy_choices()},
                    request_.policies);
  spec.options.integer({.name = "users", .value = "N", .help = "people to simulate"}, request_.users,
                       {.minimum = 1, .maximum = most_users});
  spec.options.integer({.name = "sessions", .value = "N", .help = "sessions of each person"}, request_.sessions,
                       {.minimum = 1, .maximum = 100000});
  spec.options.text({.name = "reward",
                     .value = "TERM=W,...",
                     .help = "the reward of the feed, in catalogue (default engagement=1)",
                     .known = term_names()},
                    request_.reward);
  spec.options.text({.name = "sweep",
                     .value = "TERM=A:B:STEP",
                     .help = "train the agent with each weight of a term, and compare it with mmr and calibrated",
                     .known = term_names()},
                    request_.sweep);
  declare_course(spec.options, request_);
  spec.options.integer({.name = "first", .value = "N", .help = "number of the first person, to replay part of a run"},
                       request_.first, {.minimum = 0, .maximum = most_users});
  spec.options.number({.name = "explore", .value = "P", .help = "show a uniformly drawn slate with this probability"},
                      request_.explore, {.minimum = 0, .maximum = 1});
  spec.options.choice(
      {.name = "keep",
       .value = "WHAT",
       .help = fmt::format("what to store: every step and slate, sessions with the steps of the first {} of "
                           "each policy, sessions alone, or nothing",
                           rl::sampled_sessions)},
      request_.keep, {"steps", "samples", "sessions", "nothing"});
}

ExitCode SimulateCommand::run(const Context& context) {
  check(request_);
  if (request_.weeks > 0) {
    run_weeks(request_, context);
    return ExitCode::done;
  }
  SimulationRun run(request_, context);
  if (request_.sweep) {
    run_sweep(run);
  } else if (request_.transfer) {
    run_transfer(run);
  } else {
    compare_policies(run);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_simulate() {
  return std::make_unique<SimulateCommand>();
}

}  // namespace infodiet::tools
