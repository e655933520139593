// `infodiet evaluate`: how well every model predicts what people took in next.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/command.hpp"

namespace infodiet::tools {

class EvaluateCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string protocol_ = "leave-one-out";
  std::vector<std::size_t> cutoffs_ = {5, 10, 20};
  std::optional<std::string> targets_;
  std::optional<std::string> trec_folder_;
  std::optional<std::string> per_user_file_;
};

}  // namespace infodiet::tools
