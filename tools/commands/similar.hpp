// `infodiet similar`: the neighbours of an item.
#pragma once

#include <cstddef>
#include <string>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class SimilarCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string item_;
  std::size_t k_ = 10;
};

}  // namespace infodiet::tools
