#include "tools/simulate/accuracy.hpp"

#include "recsys/errors.hpp"
#include "rl/environments/data_world.hpp"

namespace infodiet::tools {

AgentAccuracy::AgentAccuracy(SimulationRun& run) : run_(run) {
  if (run.stage().world == nullptr) return;
  try {
    recommender_ = rl::trained_recommender(*run.db(), run.stage().world->data);
    examination_ = recsys::examine(*run.db(), recsys::Question{});
  } catch (const recsys::DataError&) {
    // The model has seen the held-out items, or nobody has enough history.
  }
}

std::optional<rl::HeldOutHits> AgentAccuracy::of(const std::shared_ptr<const rl::AgentModel>& agent) const {
  if (!examination_ || examination_->judged.cases.empty()) return std::nullopt;
  return rl::held_out_hits({.model = agent, .options = run_.stage().catalogue->options()}, *run_.stage().world,
                           *recommender_, examination_->judged.cases, examination_->repeats, run_.pool());
}

}  // namespace infodiet::tools
