#include "rl/runs/watch.hpp"

namespace infodiet::rl {

std::vector<WatchedStep> watch(const Environment& environment, const Policy& policy, std::uint64_t seed,
                               std::uint32_t number) {
  const std::unique_ptr<SessionBatch> session = environment.open_sessions();
  session->reset({.seed = seed, .first = number, .count = 1});
  std::vector<Position> slate(session->shape().slate_size);
  const engine::MatrixSpan<Position> slates(slate.data(), 1, slate.size());
  std::vector<WatchedStep> steps;
  Observation observation;
  while (!session->done()) {
    policy.choose(*session, slates);
    session->observe(0, observation);
    WatchedStep step;
    for (const Position index : slate) step.shown.push_back(observation.candidates[index]);
    Outcome outcome;
    session->step(slates, {&outcome, 1});
    step.event = outcome.event;
    step.reward = outcome.reward;
    step.taste = session->taste(0);
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace infodiet::rl
