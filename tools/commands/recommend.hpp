// `infodiet recommend`: what somebody should see next, and why.
#pragma once

#include <optional>
#include <string>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class RecommendCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::optional<std::string> user_;
  std::optional<std::string> history_;
  std::size_t k_ = 10;
  double diet_ = 0;
  std::string policy_ = "recommender";
};

}  // namespace infodiet::tools
