// How well an agent of catalogue predicts what people consume next: HR@10 on the held-out items of leave-one-out.
#pragma once

#include <memory>
#include <optional>

#include "recsys/evaluation/examination.hpp"
#include "rl/agent/held_out.hpp"
#include "tools/simulate/simulation_run.hpp"

namespace infodiet::tools {

/// Measures the agents of one run.
class AgentAccuracy {
 public:
  /// Reads the run's database, which must outlive it. Nothing can be measured in another environment, or if the
  /// published model has seen the held-out items.
  explicit AgentAccuracy(SimulationRun& run);

  /// Null if nothing can be measured.
  std::optional<rl::HeldOutHits> of(const std::shared_ptr<const rl::AgentModel>& agent) const;

 private:
  SimulationRun& run_;
  std::optional<recsys::Examination> examination_;
  std::unique_ptr<recsys::Recommender> recommender_;
};

}  // namespace infodiet::tools
