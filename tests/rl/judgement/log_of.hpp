// A log made in memory, as `simulate --keep steps` would keep it.
#pragma once

#include "rl/judgement/logged_sessions.hpp"
#include "rl/policy.hpp"
#include "rl/runs/run_store.hpp"
#include "rl/runs/slate_keeper.hpp"

namespace infodiet::rl::test {

inline LoggedSessions log_of(const Environment& environment, const Policy& policy, const SessionPlan& plan) {
  LoggedSessions log{.policy = policy.name(), .version = {}, .ordered = keeps_order(environment), .sessions = {}};
  const auto batch = environment.open_sessions();
  batch->reset(plan);
  const std::size_t size = batch->shape().slate_size;
  std::vector<Position> slates(plan.count * size);
  std::vector<Outcome> outcomes(plan.count);
  std::vector<SlateLaw> laws(plan.count);
  Observation seen;
  for (std::size_t i = 0; i < plan.count; ++i) {
    log.sessions.push_back(
        {.number = batch->number(i), .person = batch->number(i) / plan.sessions_each, .user = {}, .slates = {}});
  }
  while (!batch->done()) {
    policy.laws(*batch, laws);
    policy.choose(*batch, {slates.data(), plan.count, size});
    for (std::size_t i = 0; i < plan.count; ++i) {
      batch->observe(i, seen);
      const std::span<const Position> slate = std::span(slates).subspan(i * size, size);
      recsys::OwnedSlate kept((recsys::KeptSlate()));
      for (const Position index : slate) kept.shown.push_back(*stored_name(seen.candidates[index], {}));
      kept.slate.probability = log.ordered ? slate_probability(laws[i], slate) : set_probability(laws[i], slate);
      if (batch->shape().steps == 1) {
        kept.rank_probabilities = rank_probabilities(laws[i], slate).value();
        kept.prefixes = prefix_probabilities(laws[i], slate);
      }
      log.sessions[i].slates.push_back(std::move(kept));
    }
    batch->step({slates.data(), plan.count, size}, outcomes);
    for (std::size_t i = 0; i < plan.count; ++i) {
      recsys::KeptSlate& last = log.sessions[i].slates.back().slate;
      last.reward = outcomes[i].reward;
      if (outcomes[i].event.chosen != Event::nothing) last.chosen = outcomes[i].event.chosen;
    }
  }
  return log;
}

}  // namespace infodiet::rl::test
