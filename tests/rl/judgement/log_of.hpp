// A log made in memory, as `simulate --keep steps` would keep it.
#pragma once

#include "rl/judgement/logged_sessions.hpp"
#include "rl/policy.hpp"
#include "rl/runs/run_store.hpp"
#include "rl/runs/slate_keeper.hpp"

namespace infodiet::test {

inline rl::LoggedSessions log_of(const rl::Environment& environment, const rl::Policy& policy,
                                 const rl::SessionPlan& plan) {
  rl::LoggedSessions log{
      .policy = policy.name(), .version = {}, .ordered = rl::keeps_order(environment), .sessions = {}};
  const auto batch = environment.open_sessions();
  batch->reset(plan);
  const std::size_t size = batch->shape().slate_size;
  std::vector<rl::Position> slates(plan.count * size);
  std::vector<rl::Outcome> outcomes(plan.count);
  std::vector<rl::SlateLaw> laws(plan.count);
  rl::Observation seen;
  for (std::size_t i = 0; i < plan.count; ++i) {
    log.sessions.push_back(
        {.number = batch->number(i), .person = batch->number(i) / plan.sessions_each, .user = {}, .slates = {}});
  }
  while (!batch->done()) {
    policy.laws(*batch, laws);
    policy.choose(*batch, {slates.data(), plan.count, size});
    for (std::size_t i = 0; i < plan.count; ++i) {
      batch->observe(i, seen);
      const std::span<const rl::Position> slate = std::span(slates).subspan(i * size, size);
      recsys::OwnedSlate kept((recsys::KeptSlate()));
      for (const rl::Position index : slate) kept.shown.push_back(*rl::stored_name(seen.candidates[index], {}));
      kept.slate.probability =
          log.ordered ? rl::slate_probability(laws[i], slate) : rl::set_probability(laws[i], slate);
      if (batch->shape().steps == 1) {
        kept.rank_probabilities = rl::rank_probabilities(laws[i], slate).value();
        kept.prefixes = rl::prefix_probabilities(laws[i], slate);
      }
      log.sessions[i].slates.push_back(std::move(kept));
    }
    batch->step({slates.data(), plan.count, size}, outcomes);
    for (std::size_t i = 0; i < plan.count; ++i) {
      recsys::KeptSlate& last = log.sessions[i].slates.back().slate;
      last.reward = outcomes[i].reward;
      if (outcomes[i].event.chosen != rl::Event::nothing) last.chosen = outcomes[i].event.chosen;
    }
  }
  return log;
}

}  // namespace infodiet::test
