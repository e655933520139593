// The policies by name, except for the agent, which is a trained and stored model.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/parallel.hpp"
#include "recsys/settings.hpp"
#include "rl/environments/optimum.hpp"
#include "rl/policy.hpp"
#include "rl/reward_kind.hpp"

namespace infodiet::rl {

/// The trade-offs of policies, each under the name of its policy.
struct PolicyOptions {
  double epsilon = 0.1;
  double mmr = 0.5;
  double dpp = 0.5;
  double calibration = 0.5;

  static std::span<const recsys::Setting<PolicyOptions>> settings();
};

/// What policies are made from.
struct PolicySources {
  const Environment& environment;
  const Optimum* optimum;                 ///< of environment.solve(); may be null
  engine::ThreadPool& pool;               ///< for training slateq
  std::uint64_t seed = 1;                 ///< likewise
  std::size_t sessions = 16000;           ///< from which slateq learns
  RewardKind reward = RewardKind::drawn;  ///< likewise
};

/// A row of the table of policies.
struct KnownPolicy {
  std::string_view name;
  std::string_view meaning;
  std::shared_ptr<const Policy> (*make)(const PolicySources& sources, const PolicyOptions& options);
  /// Why it is not available for `sources`, or null.
  std::optional<std::string> (*obstacle)(const PolicySources& sources) = nullptr;
  bool of_one_environment = false;  ///< learned or computed for one environment
  bool learns = false;              ///< from PolicySources::sessions
  /// Sets its trade-off, from relevance alone (0) to variety or balance alone (1); null if it has none to sweep.
  void (*set_variety)(PolicyOptions& options, double variety) = nullptr;
};
/// All of them, in the order of help.
std::span<const KnownPolicy> known_policies();
/// The row of that name. Throws SettingError listing the known names.
const KnownPolicy& known_policy(std::string_view name);

/// Why policy `name` is not available for `sources`, or null.
std::optional<std::string> policy_obstacle(std::string_view name, const PolicySources& sources);

/// Makes the policy `name`; slateq takes seconds, or a minute with many topics. Throws SettingError for an unknown
/// name, listing the known ones, and for an obstacle.
std::shared_ptr<const Policy> make_policy(std::string_view name, const PolicySources& sources,
                                          const PolicyOptions& options = {});

}  // namespace infodiet::rl
