// `infodiet import`: interactions and items from files into the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

class ImportCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::vector<std::string> paths_;
  std::string format_ = "auto";
  std::optional<std::string> columns_;
  std::optional<double> min_rating_;
  std::int64_t max_errors_ = 1000;
};

}  // namespace infodiet::tools
