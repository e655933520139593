// The rollouts of a run by all processes of a job: each runs its part of the people and sends back what a run keeps of
// them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/distributed/orders.hpp"
#include "rl/agent/model.hpp"
#include "rl/runs/diet_recorder.hpp"
#include "rl/runs/run_store.hpp"

namespace infodiet::rl {

/// What the other processes make environment and policy of.
struct RunJob {
  engine::Communicator& processes;
  std::string environment;                       ///< one of known_environments() that needs no data
  std::vector<std::string> settings;             ///< its "name=value"
  std::string policy = {};                       ///< one of known_policies() that does not learn; empty: the agent
  std::shared_ptr<const AgentModel> agent = {};  ///< with its best slates
  double explore = 0;                            ///< share of uniform slates
};

/// Where the sessions of a run go.
struct RunRecorders {
  DietRecorder& diet;
  RunWriter* writer = nullptr;  ///< may be null; gets totals of those that others run, and steps of the first alone
};

/// What `simulate` gives, to the bit, for any number of processes; the others help it (help_running). For process 0.
std::vector<double> simulate_together(const RunJob& job, const Environment& environment, const Policy& policy,
                                      const SessionPlan& plan, engine::ThreadPool& pool, const RunRecorders& recorders);

/// What the other processes do meanwhile.
void help_running(engine::Orders& orders);

}  // namespace infodiet::rl
