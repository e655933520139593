// `infodiet diet`: the information-diet label of a person, or the distribution over everybody.
#pragma once

#include <optional>
#include <string>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class DietCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::optional<std::string> user_;
  bool all_ = false;
};

}  // namespace infodiet::tools
