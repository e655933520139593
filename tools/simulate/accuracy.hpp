// How well an agent of catalogue foresees what people consume next: the held-out items of leave-one-out among ten.
#pragma once

#include <memory>
#include <optional>

#include "recsys/evaluation/examination.hpp"
#include "rl/agent/held_out.hpp"
#include "tools/simulate/simulation_run.hpp"

namespace infodiet::tools {

class AgentAccuracy {
 public:
  /// Reads what is needed of the run's database, which must outlive it. Where it is another environment, or the
  /// published model has seen the held-out items, nothing can be said.
  explicit AgentAccuracy(SimulationRun& run);

  /// Null where nothing can be said.
  std::optional<rl::HeldOutHits> of(const std::shared_ptr<const rl::AgentModel>& agent) const;

 private:
  SimulationRun& run_;
  std::optional<recsys::Examination> examination_;
  std::unique_ptr<recsys::Recommender> recommender_;
};

}  // namespace infodiet::tools
