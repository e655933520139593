// One run of `infodiet simulate`: the database, the stage, the people, and its storage. compare_policies.hpp and
// sweep_run.hpp use it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "tools/cli/command.hpp"
#include "tools/simulate/simulation.hpp"
#include "tools/simulate/simulation_setup.hpp"

namespace infodiet::tools {

/// A run of these policies on `stage`, as it is stored.
rl::RunRecord record_of(const SimulationSetup& request, const SharedOptions& shared, const Stage& stage,
                        const std::vector<std::string>& policies);

/// A run in progress.
class SimulationRun {
 public:
  /// Opens the database. Small environments work without one; then a message says that nothing is stored. Both
  /// arguments must outlive the run. Throws SettingError, DataError.
  SimulationRun(const SimulationSetup& request, const Context& context);
  SimulationRun(const SimulationRun&) = delete;
  SimulationRun& operator=(const SimulationRun&) = delete;

  const SimulationSetup& request() const { return request_; }
  const Console& console() const { return context_.console; }
  std::uint64_t seed() const { return context_.shared.seed; }
  recsys::Database* db() { return db_ ? &*db_ : nullptr; }  ///< null without a database
  engine::ThreadPool& pool() { return pool_; }
  engine::Communicator& processes() { return context_.processes; }
  const Stage& stage() const { return stage_; }
  const rl::SessionPlan& plan() const { return plan_; }
  rl::AgentTraining training() const { return tools::training(request_, seed()); }

  /// Begins to store a run of these policies, if there is a database and something to store. Until `finish` nobody else
  /// can write to the file, so do other long work before.
  void begin(const std::vector<std::string>& policies);
  /// Runs one policy in `environment`, compared with the best known return.
  PolicyResult run(const NamedPolicy& policy, const rl::Environment& environment, const Ceiling& ceiling);
  /// Stores the run with its results.
  void finish(const Json& metrics);
  /// The number of the stored run, or null.
  Json number() const;
  void print_where_kept() const;

 private:
  std::optional<rl::RunJob> job_for(const NamedPolicy& policy, const rl::Environment& environment) const;
  void keep_slates(const NamedPolicy& policy, const rl::Environment& environment);

  const SimulationSetup& request_;
  const Context& context_;
  std::optional<recsys::Database> db_;
  engine::ThreadPool pool_;
  Stage stage_;
  rl::SessionPlan plan_;
  std::optional<rl::RunWriter> writer_;
};

}  // namespace infodiet::tools
