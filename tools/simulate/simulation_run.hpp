// One run of `infodiet simulate`, set up: the database, the stage, the people, and where it is kept. What is done with
// it is in compare_policies.hpp and sweep_run.hpp.
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

class SimulationRun {
 public:
  /// Opens the database, which small environments can do without: if it is not there a message says that nothing is
  /// kept. Both arguments must outlive the run. Throws SettingError, DataError.
  SimulationRun(const SimulationSetup& request, const Context& context);
  SimulationRun(const SimulationRun&) = delete;
  SimulationRun& operator=(const SimulationRun&) = delete;

  const SimulationSetup& request() const { return request_; }
  const Console& console() const { return context_.console; }
  std::uint64_t seed() const { return context_.shared.seed; }
  recsys::Database* db() { return db_ ? &*db_ : nullptr; }  ///< null where there is none
  engine::ThreadPool& pool() { return pool_; }
  const Stage& stage() const { return stage_; }
  const rl::SessionPlan& plan() const { return plan_; }
  rl::AgentTraining training() const { return tools::training(request_, seed()); }

  /// What follows is kept as a run of these policies, if there is a database and anything is to be kept. From here to
  /// `finish` nobody else can write to the file, so whatever takes long without running policies comes before.
  void begin(const std::vector<std::string>& policies);
  /// Runs one policy in `environment`, beside what the best there can earn.
  PolicyResult run(const NamedPolicy& policy, const rl::Environment& environment, const Ceiling& ceiling);
  /// Stores the run with what it came to.
  void finish(const Json& metrics);
  /// The number of the stored run, or null.
  Json number() const;
  void print_where_kept() const;

 private:
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
