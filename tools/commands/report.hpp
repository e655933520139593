// `infodiet report`: one page to look at, of a data set, a person, the model and the latest runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class ReportCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string output_;
  std::optional<std::string> user_;
  std::vector<std::int64_t> runs_;
};

}  // namespace infodiet::tools
