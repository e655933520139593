// `evaluate --logged`: what another policy would have earned, from a log of slates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "recsys/store/database.hpp"
#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// The options of `evaluate --logged`.
struct LoggedRequest {
  std::string logged;  ///< run:N, run:N:POLICY, log:N or a file
  std::string target;  ///< a policy
  std::optional<std::string> csv{};
};

/// All names of targets.
std::vector<std::string> target_names();

/// Prints the estimates. If they are refused, prints the statistics of the weights and throws DataError.
void evaluate_logged(const recsys::Database& db, const LoggedRequest& request, const Context& context);

}  // namespace infodiet::tools
