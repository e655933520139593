// `infodiet simulate`: simulated people before a feed, under one policy or many, beside the computed optimum.
#pragma once

#include "tools/cli/command.hpp"
#include "tools/simulate/simulation_request.hpp"

namespace infodiet::tools {

class SimulateCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  SimulationRequest request_;
};

}  // namespace infodiet::tools
