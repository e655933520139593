// `infodiet completion bash`: what makes a shell complete what is typed.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class CompletionCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::vector<std::string> shells_;
};

}  // namespace infodiet::tools
