// `infodiet export`: the model, everybody's lists and simulated runs as files for other programs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class ExportCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::optional<std::string> safetensors_;
  std::optional<std::string> npy_;
  std::optional<std::string> recommendations_;
  std::optional<std::string> runs_;
  std::optional<std::size_t> k_;
};

}  // namespace infodiet::tools
