#include "rl/runs/slate_keeper.hpp"

#include <cmath>
#include <vector>

namespace infodiet::rl {

namespace {

std::vector<double> names_of(std::span<const Candidate> items, const StoredIds& ids) {
  std::vector<double> names;
  for (const Candidate& item : items) names.push_back(stored_name(item, ids.items).value_or(std::nan("")));
  return names;
}

/// Runs sessions one after the other, in the order of storage.
class Keeper {
 public:
  Keeper(const Environment& environment, const StoredIds& ids, recsys::SlateWriter& writer)
      : ordered_(keeps_order(environment)), ids_(ids), writer_(writer), session_(environment.open_sessions()) {}

  void keep(const Policy& policy, const SessionPlan& plan) {
    session_->reset(plan);
    SlateLaw law;
    Outcome outcome;
    std::vector<Position> slate(session_->shape().slate_size);
    while (!session_->done()) {
      session_->observe(0, seen_);
      policy.laws(*session_, {&law, 1});
      policy.choose(*session_, {slate.data(), 1, slate.size()});
      const std::size_t step = session_->steps_taken();
      session_->step({slate.data(), 1, slate.size()}, {&outcome, 1});
      add(step, law, slate, outcome, plan);
    }
  }

 private:
  void add(std::size_t step, const SlateLaw& law, std::span<const Position> slate, const Outcome& outcome,
           const SessionPlan& plan) {
    const std::vector<double> candidates = names_of(seen_.candidates, ids_);
    std::vector<double> shown;
    for (const Position position : slate) shown.push_back(candidates[position]);
    recsys::KeptSlate kept{.session = session_->number(0),
                           .step = static_cast<std::int64_t>(step),
                           .person = session_->number(0) / plan.sessions_each,
                           .candidates = candidates,
                           .slate = shown,
                           .probability = ordered_ ? slate_probability(law, slate) : set_probability(law, slate),
                           .reward = outcome.reward};
    const std::optional<std::uint32_t> person = session_->person(0);
    if (person && !ids_.users.empty()) {
      kept.person = *person;
      kept.user = ids_.users[*person];
    }
    if (outcome.event.chosen != Event::nothing) kept.chosen = outcome.event.chosen;
    std::vector<double> ranks;
    std::vector<double> prefixes;
    if (session_->shape().steps == 1) {
      ranks = rank_probabilities(law, slate).value_or(std::vector<double>());
      prefixes = prefix_probabilities(law, slate);
    }
    kept.rank_probabilities = ranks;
    kept.prefixes = prefixes;
    writer_.add(kept);
  }

  bool ordered_;
  const StoredIds& ids_;
  recsys::SlateWriter& writer_;
  std::unique_ptr<SessionBatch> session_;
  Observation seen_;
};

}  // namespace

bool keeps_order(const Environment& environment) {
  return environment.order_matters() || environment.shape().slate_size > longest_unordered_slate;
}

void keep_slates(const Environment& environment, const Policy& policy, const SessionPlan& plan, const StoredIds& ids,
                 recsys::SlateWriter& writer) {
  Keeper keeper(environment, ids, writer);
  for (std::size_t i = 0; i < plan.count; ++i) {
    SessionPlan one = plan;
    one.first = plan.first + static_cast<std::uint32_t>(i);
    one.count = 1;
    keeper.keep(policy, one);
  }
}

}  // namespace infodiet::rl
