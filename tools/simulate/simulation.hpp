// What `infodiet simulate` runs: an environment from its name and settings, policies by name, and their results.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "rl/agent/model_file.hpp"
#include "rl/environments/data_world.hpp"
#include "rl/policies/registry.hpp"
#include "rl/reward.hpp"
#include "rl/runs/diet_recorder.hpp"
#include "rl/runs/run_store.hpp"
#include "rl/runs/shared_run.hpp"
#include "rl/runs/simulate.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// The requested environment, with everything it depends on.
struct Stage {
  std::string name;
  std::vector<std::string> settings;           ///< "name=value"
  std::optional<rl::RewardWeights> reward;     ///< in catalogue
  std::shared_ptr<const rl::DataWorld> world;  ///< in catalogue
  std::int64_t forgotten_users = 0;            ///< those of the recommender, in catalogue
  std::shared_ptr<const rl::Environment> environment;
  std::shared_ptr<const rl::CatalogueEnvironment> catalogue{};  ///< that environment, in catalogue

  /// The identity of an agent that learns here.
  rl::AgentSpec agent(const rl::AgentTraining& training) const;
  rl::StoredIds ids() const;
};

/// Makes the environment `name`. `db` may be null unless it is catalogue, as may `reward`. Throws SettingError,
/// DataError.
Stage make_stage(const std::string& name, const std::vector<std::string>& settings,
                 const std::optional<rl::RewardWeights>& reward, const recsys::Database* db);
/// The weights of a stored run, or null if it has none.
std::optional<rl::RewardWeights> stored_reward(const Json& reward);
/// The same catalogue with another reward; shares everything else.
Stage with_reward(const Stage& stage, const rl::RewardWeights& reward);

/// What a policy learned from, if it learned in this run.
struct Given {
  std::size_t sessions = 0;
  rl::RewardKind reward = rl::RewardKind::drawn;
};

/// The results of one policy.
struct PolicyResult {
  std::string name;
  rl::Estimate earned;
  std::optional<rl::Estimate> percent;                         ///< of the optimum
  std::optional<rl::Estimate> percent_of_bound{};              ///< if there is no optimum
  std::vector<std::optional<rl::DietRecorder::Summary>> diet;  ///< one for each of rl::diet_metrics()
  std::optional<double> fragmentation;
  /// Variety of tastes, if they move.
  std::optional<rl::DietRecorder::Summary> taste_on_the_way{};
  std::optional<rl::DietRecorder::Summary> taste_at_the_end{};
  std::optional<Given> given{};

  /// The summary of a metric of rl::diet_metrics() by name, or null.
  const rl::DietRecorder::Summary* metric(const std::string& metric_name) const;
};

/// A policy and the name under which its sessions are stored.
struct NamedPolicy {
  std::string name;
  std::shared_ptr<const rl::Policy> policy;
  std::optional<Given> given{};
};

/// The optimum, or bounds, if known.
struct Ceiling {
  const rl::Optimum* optimum = nullptr;
  std::span<const double> bounds{};  ///< upper bounds of the first sessions
};

/// The environment and the people of a run.
struct Arena {
  const rl::Environment& environment;
  Ceiling ceiling;
  rl::SessionPlan plan;
};

/// Runs `policy` and stores it with `writer`, which may be null; with a job, its other processes help.
PolicyResult run_policy(const NamedPolicy& policy, const Arena& arena, engine::ThreadPool& pool, rl::RunWriter* writer,
                        const rl::RunJob* job = nullptr);

/// The result as JSON and results as a table of returns and main diet metrics.
Json to_json(const PolicyResult& result);
void print_results(const Console& console, const std::vector<PolicyResult>& results);

}  // namespace infodiet::tools
