// `infodiet train`: trains the attention model and publishes it.
#pragma once

#include <optional>
#include <string>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class TrainCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string model_ = "attention";
  std::string holdout_ = "last";
  std::optional<std::string> settings_;
  std::optional<std::size_t> epochs_;
  std::optional<double> max_minutes_;
  bool from_published_ = false;
  bool resume_ = false;
};

}  // namespace infodiet::tools
