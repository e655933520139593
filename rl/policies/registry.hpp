// The policies by name, but for the agent, which is a model that is trained and stored.
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

/// What the policies trade, each by the name of its policy.
struct PolicyOptions {
  double epsilon = 0.1;
  double mmr = 0.5;
  double dpp = 0.5;
  double calibration = 0.5;

  static std::span<const recsys::Setting<PolicyOptions>> settings();
};

/// What a policy is made from.
struct PolicySources {
  const Environment& environment;
  const Optimum* optimum;                 ///< what environment.solve() gave; may be null
  engine::ThreadPool& pool;               ///< for slateq, which learns first
  std::uint64_t seed = 1;                 ///< likewise
  std::size_t sessions = 16000;           ///< that slateq learns from
  RewardKind reward = RewardKind::drawn;  ///< likewise
};

/// A row of the table of policies.
struct KnownPolicy {
  std::string_view name;
  std::string_view meaning;
  std::shared_ptr<const Policy> (*make)(const PolicySources& sources, const PolicyOptions& options);
  /// Why it cannot be had from `sources`, or null if it can.
  std::optional<std::string> (*obstacle)(const PolicySources& sources) = nullptr;
  bool of_one_environment = false;  ///< it is learned or computed for the environment it is made from
  bool learns = false;              ///< from PolicySources::sessions
  /// Sets its trade-off, from relevance alone (0) to variety or balance alone (1); null where it has none to sweep.
  void (*set_variety)(PolicyOptions& options, double variety) = nullptr;
};
/// All of them, in the order of help.
std::span<const KnownPolicy> known_policies();
/// The row of that name. Throws SettingError listing the names that are known.
const KnownPolicy& known_policy(std::string_view name);

/// Why policy `name` cannot be had from `sources`, or null if it can.
std::optional<std::string> policy_obstacle(std::string_view name, const PolicySources& sources);

/// The policy `name`; slateq takes seconds, or a minute where there are many topics. Throws SettingError for names that
/// are not known, listing those that are, and where there is an obstacle.
std::shared_ptr<const Policy> make_policy(std::string_view name, const PolicySources& sources,
                                          const PolicyOptions& options = {});

}  // namespace infodiet::rl
