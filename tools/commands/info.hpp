// `infodiet info`: what is in a database.
#pragma once

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class InfoCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;
};

}  // namespace infodiet::tools
