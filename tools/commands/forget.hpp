// `infodiet forget`: a person and everything that tells of them.
#pragma once

#include <string>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class ForgetCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string user_;
};

}  // namespace infodiet::tools
