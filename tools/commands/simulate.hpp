// `infodiet simulate`: simulated people before a feed, under one policy or many, beside the computed optimum.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/command.hpp"
#include "tools/simulation.hpp"
#include "tools/sweep.hpp"

namespace infodiet::tools {

class SimulateCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  struct Session;

  void check_options() const;
  rl::Keep kept() const;
  rl::AgentTraining training(const Context& context) const;
  std::vector<std::string> policy_names() const;
  std::vector<std::string> swept_policies() const;
  std::string command_line(const Context& context) const;
  rl::RunRecord record(const Context& context, const Stage& stage, const std::vector<std::string>& names) const;
  ExitCode run_policies(const Context& context, Session& session);
  ExitCode run_sweep(const Context& context, Session& session);

  std::string environment_;
  std::optional<std::string> settings_;
  std::string policies_ = "all";
  std::size_t users_ = 1000;
  std::size_t sessions_ = 1;
  std::optional<std::string> reward_;
  std::optional<std::string> sweep_;
  bool learn_ = false;
  bool resume_ = false;
  std::size_t updates_ = rl::AgentTraining{}.updates;
  std::size_t first_ = 0;
  std::string keep_ = "samples";
};

}  // namespace infodiet::tools
