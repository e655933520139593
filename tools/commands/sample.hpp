// `infodiet sample`: the sample world, as files or into the database.
#pragma once

#include <optional>
#include <string>

#include "rl/sample/sample_world.hpp"
#include "tools/cli/command.hpp"

namespace infodiet::tools {

class SampleCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  rl::SampleWorldOptions world_;
  std::optional<std::string> csv_folder_;
};

}  // namespace infodiet::tools
