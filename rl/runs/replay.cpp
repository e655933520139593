#include "rl/runs/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "recsys/errors.hpp"
#include "rl/diet/distribution.hpp"
#include "rl/diet/items.hpp"
#include "rl/reward.hpp"

namespace infodiet::rl {

namespace {

std::optional<double> satiation_of(const Observation& observation, std::span<const Position> slate,
                                   const Consumption& consumption) {
  double sum = 0;
  std::size_t items = 0;
  for (const Position position : slate) {
    const std::span<const Topic> topics = observation.candidates[position].topics;
    if (topics.empty()) continue;
    double recent = 0;
    for (const Topic topic : topics) recent += consumption.recent(topic);
    sum += recent / static_cast<double>(topics.size() * Consumption::remembered);
    ++items;
  }
  if (items == 0) return std::nullopt;
  return sum / static_cast<double>(items);
}

}  // namespace

void refuse_replay(std::int64_t session, std::size_t step) {
  throw recsys::DataError(
      fmt::format("session {} replays differently from step {} on: the data, the model or this program have changed "
                  "since; simulate again",
                  session, step));
}

std::vector<Position> positions_of(const Observation& observation, std::span<const double> shown,
                                   std::span<const std::int64_t> item_ids) {
  std::vector<Position> slate;
  for (const double stored : shown) {
    const auto& all = observation.candidates;
    const auto same = [&](const Candidate& candidate) { return stored_name(candidate, item_ids) == stored; };
    auto at = std::find_if(all.begin(), all.end(), same);
    // Resampled items may be equal; each is then shown once.
    while (at != all.end() && std::find(slate.begin(), slate.end(), at - all.begin()) != slate.end()) {
      at = std::find_if(at + 1, all.end(), same);
    }
    if (at == all.end()) break;
    slate.push_back(static_cast<Position>(at - all.begin()));
  }
  return slate;
}

std::vector<Moment> replay(const Environment& environment, const SessionPlan& session,
                           std::span<const StoredStep> steps, std::span<const std::int64_t> item_ids) {
  const auto batch = environment.open_sessions();
  if (steps.size() != batch->shape().steps) refuse_replay(session.first, std::min(steps.size(), batch->shape().steps));
  batch->reset(session);
  std::vector<Moment> moments;
  std::vector<Candidate> consumed;
  Consumption consumption;
  Observation seen;
  for (const StoredStep& step : steps) {
    batch->observe(0, seen);
    const std::vector<Position> slate = positions_of(seen, step.shown, item_ids);
    if (slate.size() != batch->shape().slate_size) refuse_replay(session.first, moments.size());
    const std::optional<double> satisfaction = batch->satisfaction(0, slate);
    Moment moment{.satisfaction = 0, .satiation = satiation_of(seen, slate, consumption)};
    Outcome outcome;
    batch->step({slate.data(), 1, slate.size()}, {&outcome, 1});
    if (outcome.event.chosen != step.chosen.value_or(Event::nothing)) refuse_replay(session.first, moments.size());
    moment.satisfaction = satisfaction.value_or(outcome.expected_reward);
    if (step.chosen) {
      consumed.push_back(seen.candidates[slate[*step.chosen]]);
      consumption.consume(consumed.back());
    }
    if (const auto shares = topic_shares(consumed, batch->shape().topics)) {
      moment.effective_topics = effective_topics(*shares);
    }
    moments.push_back(moment);
  }
  return moments;
}

}  // namespace infodiet::rl
