// `infodiet explain`: why an item suits somebody, or does not.
#pragma once

#include <string>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class ExplainCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string user_;
  std::string item_;
  std::size_t k_ = 10;
};

}  // namespace infodiet::tools
