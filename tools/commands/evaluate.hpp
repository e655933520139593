// `infodiet evaluate`: how well every model predicts what people took in next.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

struct EvaluateOptions {
  std::string protocol = "leave-one-out";
  std::vector<std::size_t> cutoffs = {5, 10, 20};
  std::optional<std::string> targets = {};
  std::optional<std::string> trec_folder = {};
  std::optional<std::string> per_user_file = {};
  std::vector<double> diet_weights = {};
  bool explanations = false;
};

class EvaluateCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  EvaluateOptions options_;
};

}  // namespace infodiet::tools
