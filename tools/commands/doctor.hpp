// `infodiet doctor`: whether a database, and what the program runs on, is sound.
#pragma once

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class DoctorCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;
};

}  // namespace infodiet::tools
