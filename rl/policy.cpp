#include "rl/policy.hpp"

namespace infodiet::rl {

void ObservingPolicy::choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const {
  Observation observation;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    sessions.observe(i, observation);
    engine::RandomStream stream = sessions.policy_stream(i);
    choose_one(observation, stream, std::span(slates.row(i), slates.cols));
  }
}

}  // namespace infodiet::rl
