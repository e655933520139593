// The policies that need no training, by name. What learns (SlateQ, the agent) is made by its trainer.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rl/optima/optimum.hpp"
#include "rl/parameters.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

/// What the policies trade, each by the name of its policy.
struct PolicyOptions {
  double epsilon = 0.1;
  double mmr = 0.5;
  double dpp = 0.5;
  double calibration = 0.5;

  static std::span<const Parameter<PolicyOptions>> parameters();
};

struct KnownPolicy {
  std::string_view name;
  std::string_view meaning;
};
/// All of them, in the order of help.
std::span<const KnownPolicy> known_policies();

/// Why policy `name` cannot be had in `environment`, or null if it can. `optimum` is what environment.solve() gave, and
/// may be null.
std::optional<std::string> policy_obstacle(std::string_view name, const Environment& environment,
                                           const Optimum* optimum);

/// The policy `name`. Throws SettingError for names that are not known, listing those that are, and where there is an
/// obstacle.
std::shared_ptr<const Policy> make_policy(std::string_view name, const Environment& environment, const Optimum* optimum,
                                          const PolicyOptions& options = {});

}  // namespace infodiet::rl
