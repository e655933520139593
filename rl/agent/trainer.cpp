#include "rl/agent/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/kernels/kernels.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "engine/optim/schedule.hpp"
#include "recsys/errors.hpp"
#include "rl/agent/plackett_luce.hpp"
#include "rl/agent/slate_gradient.hpp"

namespace infodiet::rl {

namespace {

/// Parts of an update, whatever the number of threads: enough to spread, each large enough for efficient products.
constexpr std::size_t most_shards = 8;

/// The first number from 2^30 on that begins a person: sessions of one person are consecutive from a multiple on.
std::uint32_t first_session(std::size_t sessions_each) {
  constexpr std::size_t earliest = 1U << 30;
  return static_cast<std::uint32_t>((earliest + sessions_each - 1) / sessions_each * sessions_each);
}

void check(const AgentTraining& t) {
  const auto is_discount = [](double value) { return value >= 0 && value <= 1; };
  if (t.updates > 0 && t.people > 0 && t.sessions_each >= 2 && t.rate > 0 && t.clip > 0 && t.entropy >= 0 &&
      is_discount(t.discount) && is_discount(t.last_discount)) {
    return;
  }
  throw recsys::SettingError(
      fmt::format("agent: {} updates of {} people with {} sessions each, rate {}, clip {}, entropy {}, discounts {} "
                  "and {}: expected "
                  "at least 1, 1 and 2, rate and clip above 0, an entropy weight of 0 or more, and discounts in [0, 1]",
                  t.updates, t.people, t.sessions_each, t.rate, t.clip, t.entropy, t.discount, t.last_discount));
}

}  // namespace

/// A fixed part of an update: some people with all their sessions.
struct AgentTrainer::Shard {
  std::size_t first = 0;  ///< number of its first session within the update
  std::size_t count = 0;
  std::unique_ptr<SessionBatch> sessions;
  engine::Matrix<float> events;      ///< (sessions * steps, Fe)
  engine::Matrix<float> candidates;  ///< (sessions * steps * N, Fc)
  engine::Matrix<float> memory;      ///< (sessions * steps, 2 D)
  std::vector<Position> slates;      ///< (sessions, steps, K)
  AgentNetwork<float>::EventCache event_cache;
  AgentNetwork<float>::ScoreCache score_cache;
  engine::Matrix<float> scores;
  engine::Matrix<float> dscores;
  engine::Matrix<float> dmemory;
  engine::Parameters<float> gradients;
  double entropy = 0;

  // Of one step while running.
  engine::Matrix<float> now_events;
  engine::Matrix<float> now_candidates;
  engine::Matrix<float> now_memory;
  std::vector<Position> now_slates;
  std::vector<Outcome> outcomes;
};

AgentTrainer::AgentTrainer(engine::ThreadPool& pool, const Environment& environment, const AgentConfig& config,
                           const AgentTraining& training)
    : pool_(pool),
      shape_(environment.shape()),
      training_((check(training), training)),
      model_(config, training.seed),
      optimiser_(model_.network().layout().size(), {}),
      shards_(std::min(most_shards, training.people)),
      workspaces_(pool.size()),
      rewards_(training.people * training.sessions_each * shape_.steps),
      advantages_(rewards_.size()),
      gradients_(model_.network().layout()) {
  for (std::size_t s = 0; s < shards_.size(); ++s) {
    const engine::Range people = engine::part_of(training.people, shards_.size(), s);
    shards_[s].first = people.begin * training.sessions_each;
    shards_[s].count = (people.end - people.begin) * training.sessions_each;
    shards_[s].sessions = environment.open_sessions();
    shards_[s].gradients = engine::Parameters<float>(model_.network().layout());
  }
}

AgentTrainer::~AgentTrainer() = default;

SessionPlan AgentTrainer::plan_of(const Shard& shard) const {
  const std::size_t sessions = training_.people * training_.sessions_each;
  return {
      .seed = training_.seed,
      .first = first_session(training_.sessions_each) + static_cast<std::uint32_t>(updates() * sessions + shard.first),
      .count = shard.count,
      .sessions_each = static_cast<std::uint32_t>(training_.sessions_each)};
}

void AgentTrainer::run_sessions(Shard& shard, engine::Workspace<float>& workspace) {
  const AgentFeatures& features = model_.features();
  const std::size_t n = shape_.candidates;
  shard.sessions->reset(plan_of(shard));
  shard.events.resize({shard.count * shape_.steps, features.event_size()});
  shard.candidates.resize({shard.count * shape_.steps * n, features.candidate_size()});
  shard.memory.resize({shard.count * shape_.steps, 2 * model_.config().width});
  shard.slates.resize(shard.count * shape_.steps * shape_.slate_size);
  shard.now_events.resize({shard.count, features.event_size()});
  shard.now_candidates.resize({shard.count * n, features.candidate_size()});
  shard.now_slates.resize(shard.count * shape_.slate_size);
  shard.outcomes.resize(shard.count);

  Observation observation;
  std::vector<double> scores(n);
  for (std::size_t t = 0; t < shape_.steps; ++t) {
    for (std::size_t i = 0; i < shard.count; ++i) {
      shard.sessions->observe(i, observation);
      features.of_event(observation, t, {&shard.now_events(i, 0), features.event_size()});
      features.of_candidates(observation, {&shard.now_candidates(i * n, 0), n * features.candidate_size()});
    }
    model_.network().remember(model_.parameters(), shard.now_events, shard.event_cache, shard.now_memory);
    const auto keep = [&](const engine::Matrix<float>& now, engine::Matrix<float>& all) {
      const std::size_t size = now.size() / shard.count;
      for (std::size_t i = 0; i < shard.count; ++i) {
        std::copy_n(now.data() + i * size, size, all.data() + (i * shape_.steps + t) * size);
      }
    };
    keep(shard.now_events, shard.events);
    keep(shard.now_candidates, shard.candidates);
    keep(shard.now_memory, shard.memory);
    const Decisions now{
        .sessions = shard.count, .first_step = t, .steps = 1, .candidates = n, .memory_steps = shape_.steps};
    model_.network().score({model_.parameters(), workspace}, {now, shard.memory, shard.now_candidates},
                           shard.score_cache, shard.scores);
    for (std::size_t i = 0; i < shard.count; ++i) {
      std::copy_n(shard.scores.data() + i * n, n, scores.begin());
      const std::span<Position> slate = std::span(shard.now_slates).subspan(i * shape_.slate_size, shape_.slate_size);
      engine::RandomStream stream = shard.sessions->policy_stream(i);
      sample_slate(scores, stream, slate);
      std::copy(slate.begin(), slate.end(), shard.slates.data() + (i * shape_.steps + t) * shape_.slate_size);
    }
    shard.sessions->step({shard.now_slates.data(), shard.count, shape_.slate_size}, shard.outcomes);
    for (std::size_t i = 0; i < shard.count; ++i) {
      rewards_[(shard.first + i) * shape_.steps + t] =
          training_.reward == RewardKind::expected ? shard.outcomes[i].expected_reward : shard.outcomes[i].reward;
    }
  }
}

void AgentTrainer::add_gradient(Shard& shard, engine::Workspace<float>& workspace) {
  const std::size_t n = shape_.candidates;
  const AgentNetwork<float>& network = model_.network();
  const Decisions decisions{
      .sessions = shard.count, .first_step = 0, .steps = shape_.steps, .candidates = n, .memory_steps = shape_.steps};
  network.remember(model_.parameters(), shard.events, shard.event_cache, shard.memory);
  const engine::Run<float> run{
      .parameters = model_.parameters(), .workspace = workspace, .gradients = &shard.gradients};
  const DecisionInputs<float> in{decisions, shard.memory, shard.candidates};
  network.score(run, in, shard.score_cache, shard.scores);

  shard.dscores.resize({decisions.rows(), 1});
  shard.entropy = 0;
  std::vector<double> scores(n);
  std::vector<double> gradient(n);
  const double scale = 1 / static_cast<double>(rewards_.size());
  const double entropy = training_.entropy * (1 - 0.9 * progress());
  for (std::size_t d = 0; d < shard.count * shape_.steps; ++d) {
    std::copy_n(shard.scores.data() + d * n, n, scores.begin());
    std::fill(gradient.begin(), gradient.end(), 0.0);
    const std::span<const Position> slate = std::span(shard.slates).subspan(d * shape_.slate_size, shape_.slate_size);
    add_decision_gradient(scores, slate, {.advantage = advantages_[shard.first * shape_.steps + d], .entropy = entropy},
                          gradient);
    shard.entropy += first_draw_entropy(scores);
    // The optimiser goes down, the return is to go up.
    for (std::size_t i = 0; i < n; ++i) shard.dscores(d * n + i, 0) = static_cast<float>(-scale * gradient[i]);
  }

  shard.gradients.clear();
  shard.dmemory.resize(shard.memory.shape());
  std::fill(shard.dmemory.begin(), shard.dmemory.end(), 0.0F);
  network.score_backward(run, in, shard.score_cache, shard.dscores, shard.dmemory);
  network.remember_backward(run, shard.events, shard.event_cache, shard.dmemory);
}

AgentUpdate AgentTrainer::update() {
  pool_.run(shards_.size(), [&](std::size_t s, std::size_t worker) { run_sessions(shards_[s], workspaces_[worker]); });

  const std::size_t sessions = training_.people * training_.sessions_each;
  const double discount = training_.discount + (training_.last_discount - training_.discount) * progress();
  leave_one_out_advantages({rewards_.data(), sessions, shape_.steps},
                           {.group = training_.sessions_each, .discount = discount},
                           {advantages_.data(), sessions, shape_.steps});
  normalise({advantages_.data(), sessions, shape_.steps});

  pool_.run(shards_.size(), [&](std::size_t s, std::size_t worker) { add_gradient(shards_[s], workspaces_[worker]); });

  AgentUpdate result{.mean_return =
                         std::accumulate(rewards_.begin(), rewards_.end(), 0.0) / static_cast<double>(sessions)};
  gradients_.clear();
  for (const Shard& shard : shards_) {
    engine::kernels::best<float>().add(gradients_.flat().data(), shard.gradients.flat().data(),
                                       gradients_.flat().size());
    result.entropy += shard.entropy / static_cast<double>(rewards_.size());
  }
  const std::span<const float> gradient = gradients_.flat();
  const engine::Schedule schedule{.peak = training_.rate,
                                  .warmup = training_.updates / 20,
                                  .decline = engine::Decline::cosine,
                                  .total = training_.updates};
  optimiser_.update(pool_, model_.parameters().flat(), gradient, schedule.rate(updates() + 1),
                    engine::clip_scale(engine::sum_of_squares(pool_, gradient), training_.clip));
  return result;
}

void AgentTrainer::restore(State state) {
  optimiser_.restore(std::move(state.moments));
  model_.parameters() = std::move(state.parameters);
}

}  // namespace infodiet::rl
