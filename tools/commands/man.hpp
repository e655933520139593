// `infodiet man`: the manual page.
#pragma once

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class ManCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;
};

}  // namespace infodiet::tools
