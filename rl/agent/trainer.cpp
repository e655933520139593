#include "rl/agent/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/distributed/collectives.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "engine/optim/schedule.hpp"
#include "rl/agent/learning_orders.hpp"
#include "rl/agent/plackett_luce.hpp"

namespace infodiet::rl {

namespace {

/// Clipping range of the ratio of a slate's probabilities around 1 (PPO's epsilon).
constexpr double most_ratio = 0.2;

/// Largest Euclidean norm of a minibatch's gradient.
constexpr double policy_clip_norm = 1;

// The target entropy falls between these shares of the training. The weight of the entropy bonus follows the error of
// the entropy by a proportional and an integral term.
constexpr double entropy_held = 0.05;
constexpr double entropy_fallen = 0.8;
constexpr double entropy_stiffness = 4;
constexpr double entropy_gain = 0.2;
constexpr double least_log_weight = -6;
constexpr double most_log_weight = 3;

/// The reward network and the user model learn from old sessions too, since people do not change with the agent: each
/// from at most this number of decisions, and of numbers (256 MB).
constexpr std::size_t remembered_decisions = 262144;
constexpr std::size_t remembered_numbers = std::size_t{1} << 26;

/// Rewards are noisy, and some are very large. Averages over many steps remove the noise; gradients are not clipped and
/// the optimiser's memory is long, since both would take large rewards for less than they are. Few steps are enough
/// beside the regressions of RewardForecast.
constexpr Forecast::Manner earnings_manner{.rounds = 16,
                                           .scale_kept = 0.995,
                                           .average = 0.998,
                                           .beta2 = 0.999,
                                           .clip_norm = std::numeric_limits<double>::infinity()};

/// The value network learns from few updates, since values change slowly as the agent learns.
constexpr std::size_t worth_updates = 8;
constexpr std::size_t worth_rounds = 12;

/// The first multiple of `sessions_each` from 2^30 on: sessions of one person are consecutive from a multiple on.
std::uint32_t first_session(std::size_t sessions_each) {
  constexpr std::size_t earliest = 1U << 30;
  return static_cast<std::uint32_t>((earliest + sessions_each - 1) / sessions_each * sessions_each);
}

ForecastOptions forecast_options(const AgentModel& model) {
  return {.state_features = model.state_size(),
          .item_features = model.features().candidate_size(),
          .width = model.config().width};
}

/// Updates that are remembered, given the decisions of each and the numbers that describe one.
std::size_t updates_remembered(std::size_t decisions, std::size_t numbers) {
  return std::max<std::size_t>(std::min(remembered_decisions, remembered_numbers / numbers) / decisions, 1);
}

std::size_t updates_for_users(const AgentModel& model, const Shape& shape, std::size_t decisions) {
  const AgentFeatures& features = model.features();
  return updates_remembered(decisions, features.event_size() + shape.slate_size * (features.offer_size() + 1) + 1);
}

Forecast::Manner manner_of_earnings(const AgentModel& model, std::size_t decisions) {
  Forecast::Manner manner = earnings_manner;
  manner.remembered = updates_remembered(decisions, model.state_size() + model.features().candidate_size() + 1);
  return manner;
}

/// Mean of the rows at `positions`.
void mean_rows(engine::MatrixSpan<const float> rows, std::span<const Position> positions, float* mean) {
  std::fill_n(mean, rows.cols, 0.0F);
  for (const Position position : positions) {
    for (std::size_t f = 0; f < rows.cols; ++f) mean[f] += rows.row(position)[f];
  }
  for (std::size_t f = 0; f < rows.cols; ++f) mean[f] /= static_cast<float>(positions.size());
}

}  // namespace

/// A fixed part of an update's sessions.
struct AgentTrainer::Shard {
  std::size_t first = 0;  ///< index of its first session within the update
  std::size_t count = 0;
  std::unique_ptr<SessionBatch> sessions;
  engine::Matrix<float> candidates;       ///< (sessions * steps * N, Fc)
  engine::Matrix<float> memory;           ///< (sessions * steps, 2 D)
  std::vector<Position> slates;           ///< (sessions, steps, K)
  std::vector<double> log_probabilities;  ///< (sessions, steps) of the slates, when they were drawn
  AgentNetwork<float>::EventCache event_cache;
  AgentNetwork<float>::ScoreCache score_cache;
  engine::Matrix<float> scores;
  engine::Matrix<float> dscores;
  engine::Matrix<float> dmemory;
  engine::Parameters<float> gradients;
  double entropy = 0;  ///< sum over its decisions

  // Buffers of one step while sessions run.
  engine::Matrix<float> now_events;
  engine::Matrix<float> now_candidates;
  engine::Matrix<float> now_states;
  engine::Matrix<float> now_hidden;  ///< (sessions, D) of the user model
  engine::Matrix<float> now_memory;
  std::vector<Position> now_slates;
  std::vector<Outcome> outcomes;

  std::span<const Position> slate(std::size_t decision, const Shape& shape) const {
    return std::span(slates).subspan(decision * shape.slate_size, shape.slate_size);
  }
};

AgentTrainer::AgentTrainer(engine::ThreadPool& pool, const Environment& environment, const AgentConfig& config,
                           const AgentTraining& training, const LearningJob& job)
    : pool_(pool),
      processes_(job.processes),
      shape_(environment.shape()),
      training_(checked(training)),
      people_(training.people_in(shape_)),
      batches_(std::min(training.batches, sessions())),
      model_(config, training.seed),
      optimiser_(model_.network_size(), {}),
      users_(model_, shape_, updates_for_users(model_, shape_, sessions() * shape_.steps)),
      worth_(forecast_options(model_), {.remembered = worth_updates, .rounds = worth_rounds}, shape_.steps,
             training.seed + 1),
      earnings_(model_.features(), forecast_options(model_), manner_of_earnings(model_, sessions() * shape_.steps),
                training.seed + 2),
      luck_(model_.features()),
      shards_(std::min(AgentTraining::most_shards, sessions())),
      workspaces_(pool.size()),
      rewards_(sessions() * shape_.steps),
      credited_(rewards_.size()),
      values_(rewards_.size()),
      to_come_(rewards_.size()),
      advantages_(rewards_.size()),
      gradients_(model_.layout()) {
  events_.resize({rewards_.size(), model_.features().event_size()});
  slates_.resize({rewards_.size(), shape_.slate_size * model_.features().offer_size()});
  outcomes_.resize({rewards_.size(), shape_.slate_size + 1});
  states_.resize({rewards_.size(), model_.state_size()});
  offers_.resize({rewards_.size(), model_.features().candidate_size()});
  shown_.resize(offers_.shape());
  for (std::size_t s = 0; s < shards_.size(); ++s) {
    const engine::Range part = engine::part_of(sessions(), shards_.size(), s);
    shards_[s].first = part.begin;
    shards_[s].count = part.end - part.begin;
    shards_[s].sessions = environment.open_sessions();
    shards_[s].gradients = engine::Parameters<float>(model_.layout());
  }
  if (processes_.is_first()) {
    engine::together(processes_, [&] { begin_learning(processes_, config, training_, job); });
  }
}

AgentTrainer::~AgentTrainer() {
  if (processes_.is_first()) engine::give_order(processes_, end_learning);
}

engine::Range AgentTrainer::own_shards() const {
  return engine::part_of(shards_.size(), processes_.size(), processes_.rank());
}

void AgentTrainer::share_sessions() {
  engine::Bounds rows;
  for (std::size_t p = 0; p <= processes_.size(); ++p) {
    const std::size_t shard = shards_.size() * p / processes_.size();
    rows.push_back((shard < shards_.size() ? shards_[shard].first : sessions()) * shape_.steps);
  }
  constexpr auto kind = engine::Traffic::activations;
  engine::gather_everywhere(processes_, kind, std::span<double>(rewards_), rows);
  for (engine::Matrix<float>* matrix : {&events_, &slates_, &outcomes_, &states_, &offers_, &shown_}) {
    engine::gather_rows_everywhere(processes_, kind, engine::MatrixSpan<float>(*matrix), rows);
  }
}

void AgentTrainer::share_gradients(std::span<const std::size_t> batch) {
  std::vector<engine::Communicator::Outgoing> out;
  std::vector<engine::Communicator::Incoming> in;
  for (std::size_t owner = 0; owner < processes_.size(); ++owner) {
    const engine::Range owned = engine::part_of(shards_.size(), processes_.size(), owner);
    for (const std::size_t s : batch) {
      if (s < owned.begin || s >= owned.end) continue;
      const std::span<std::byte> bytes = std::as_writable_bytes(shards_[s].gradients.flat());
      if (owner != processes_.rank()) {
        in.push_back({owner, bytes});
        continue;
      }
      for (std::size_t p = 0; p < processes_.size(); ++p) {
        if (p != owner) out.push_back({p, bytes});
      }
    }
  }
  processes_.exchange(engine::Traffic::gradients, out, in);
}

void AgentTrainer::share_entropy() {
  std::vector<double> entropy;
  for (const Shard& shard : shards_) entropy.push_back(shard.entropy);
  engine::Bounds bounds;
  for (std::size_t p = 0; p <= processes_.size(); ++p) bounds.push_back(shards_.size() * p / processes_.size());
  engine::gather_everywhere(processes_, engine::Traffic::results, std::span<double>(entropy), bounds);
  for (std::size_t s = 0; s < shards_.size(); ++s) shards_[s].entropy = entropy[s];
}

SessionPlan AgentTrainer::plan_of(const Shard& shard) const {
  return {.seed = training_.seed,
          .first =
              first_session(training_.sessions_each) + static_cast<std::uint32_t>(updates() * sessions() + shard.first),
          .count = shard.count,
          .sessions_each = static_cast<std::uint32_t>(training_.sessions_each)};
}

void AgentTrainer::open(Shard& shard) {
  const AgentFeatures& features = model_.features();
  const std::size_t n = shape_.candidates;
  const std::size_t decisions = shard.count * shape_.steps;
  shard.sessions->reset(plan_of(shard));
  shard.candidates.resize({decisions * n, features.candidate_size()});
  shard.memory.resize({decisions, 2 * model_.config().width});
  shard.slates.resize(decisions * shape_.slate_size);
  shard.log_probabilities.resize(decisions);
  shard.now_events.resize({shard.count, features.event_size()});
  shard.now_states.resize({shard.count, model_.state_size()});
  shard.now_hidden.resize({shard.count, model_.state_size() - features.state_size()});
  std::fill(shard.now_hidden.begin(), shard.now_hidden.end(), 0.0F);
  shard.now_candidates.resize({shard.count * n, features.candidate_size()});
  shard.now_slates.resize(shard.count * shape_.slate_size);
  shard.outcomes.resize(shard.count);
}

void AgentTrainer::run_sessions(Shard& shard, engine::Workspace<float>& workspace) {
  open(shard);
  for (std::size_t t = 0; t < shape_.steps; ++t) {
    decide(shard, t, workspace);
    shard.sessions->step({shard.now_slates.data(), shard.count, shape_.slate_size}, shard.outcomes);
    for (std::size_t i = 0; i < shard.count; ++i) {
      const Outcome& outcome = shard.outcomes[i];
      rewards_[(shard.first + i) * shape_.steps + t] =
          training_.reward == RewardKind::expected ? outcome.expected_reward : outcome.reward;
    }
    see(shard, t);
  }
}

void AgentTrainer::see(const Shard& shard, std::size_t t) {
  const std::size_t size = model_.features().offer_size();
  for (std::size_t i = 0; i < shard.count; ++i) {
    const std::size_t decision = (shard.first + i) * shape_.steps + t;
    const Event& event = shard.outcomes[i].event;
    float* outcome = &outcomes_(decision, 0);
    std::fill_n(outcome, outcomes_.shape(1), 0.0F);
    if (event.chosen != Event::nothing) outcome[event.chosen] = 1;
    outcome[shape_.slate_size] = squeezed(event.engagement);
    for (std::size_t k = 0; k < shape_.slate_size; ++k) {
      const Position shown = shard.now_slates[i * shape_.slate_size + k];
      std::copy_n(&shard.now_candidates(i * shape_.candidates + shown, 0), size, &slates_(decision, k * size));
    }
  }
}

void AgentTrainer::recall(Shard& shard, engine::Workspace<float>& workspace) {
  const UserModel<float>* user = model_.user();
  if (user == nullptr) return;
  user->go_on({model_.parameters(), workspace}, shard.now_events, shard.now_hidden);
  for (std::size_t i = 0; i < shard.count; ++i) {
    std::copy_n(&shard.now_hidden(i, 0), user->width(), &shard.now_states(i, model_.features().state_size()));
  }
}

void AgentTrainer::describe(Shard& shard, std::size_t t, engine::Workspace<float>& workspace) {
  const AgentFeatures& features = model_.features();
  const std::size_t n = shape_.candidates;
  Observation observation;
  for (std::size_t i = 0; i < shard.count; ++i) {
    shard.sessions->observe(i, observation);
    features.of_event(observation, t, {&shard.now_events(i, 0), features.event_size()});
    const std::span<float> state(&shard.now_states(i, 0), features.state_size());
    features.of_state(observation, state);
    features.of_candidates(observation, state, {&shard.now_candidates(i * n, 0), n * features.candidate_size()});
  }
  recall(shard, workspace);
  model_.network().remember(model_.parameters(), shard.now_events, shard.event_cache, shard.now_memory);
  const auto keep = [&](const engine::Matrix<float>& now, float* all) {
    const std::size_t size = now.size() / shard.count;
    for (std::size_t i = 0; i < shard.count; ++i) {
      std::copy_n(now.data() + i * size, size, all + (i * shape_.steps + t) * size);
    }
  };
  keep(shard.now_events, &events_(shard.first * shape_.steps, 0));
  keep(shard.now_candidates, shard.candidates.data());
  keep(shard.now_memory, shard.memory.data());
  keep(shard.now_states, states_.data() + shard.first * shape_.steps * model_.state_size());
}

void AgentTrainer::decide(Shard& shard, std::size_t t, engine::Workspace<float>& workspace) {
  describe(shard, t, workspace);
  const std::size_t n = shape_.candidates;
  const Decisions now{
      .sessions = shard.count, .first_step = t, .steps = 1, .candidates = n, .memory_steps = shape_.steps};
  model_.network().score({model_.parameters(), workspace}, {now, shard.memory, shard.now_candidates, shard.now_states},
                         shard.score_cache, shard.scores);
  std::vector<double> scores(n);
  std::vector<Position> everything(n);
  std::iota(everything.begin(), everything.end(), Position{0});
  for (std::size_t i = 0; i < shard.count; ++i) {
    std::copy_n(shard.scores.data() + i * n, n, scores.begin());
    const std::span<Position> slate = std::span(shard.now_slates).subspan(i * shape_.slate_size, shape_.slate_size);
    engine::RandomStream stream = shard.sessions->policy_stream(i);
    sample_slate(scores, stream, slate);
    shard.log_probabilities[i * shape_.steps + t] = slate_log_probability(scores, slate);
    std::copy(slate.begin(), slate.end(), shard.slates.data() + (i * shape_.steps + t) * shape_.slate_size);
    const auto candidates = engine::MatrixSpan<const float>(shard.now_candidates).rows_from(i * n, n);
    const std::size_t decision = (shard.first + i) * shape_.steps + t;
    mean_rows(candidates, everything, &offers_(decision, 0));
    mean_rows(candidates, slate, &shown_(decision, 0));
  }
}

double AgentTrainer::advantage_left(const Shard& shard, std::size_t decision, std::span<const double> scores) const {
  const double now = slate_log_probability(scores, shard.slate(decision, shape_));
  return clipped_advantage(advantages_[shard.first * shape_.steps + decision], now - shard.log_probabilities[decision],
                           most_ratio);
}

void AgentTrainer::add_gradient(Shard& shard, double scale, engine::Workspace<float>& workspace) {
  const std::size_t n = shape_.candidates;
  const AgentNetwork<float>& network = model_.network();
  const Decisions decisions{
      .sessions = shard.count, .first_step = 0, .steps = shape_.steps, .candidates = n, .memory_steps = shape_.steps};
  const auto of_shard = [&](const engine::Matrix<float>& rows) {
    return engine::MatrixSpan<const float>(rows).rows_from(shard.first * shape_.steps, shard.count * shape_.steps);
  };
  network.remember(model_.parameters(), of_shard(events_), shard.event_cache, shard.memory);
  const engine::Run<float> run{
      .parameters = model_.parameters(), .workspace = workspace, .gradients = &shard.gradients};
  const DecisionInputs<float> in{decisions, shard.memory, shard.candidates, of_shard(states_)};
  network.score(run, in, shard.score_cache, shard.scores);

  shard.dscores.resize({decisions.rows(), 1});
  shard.entropy = 0;
  std::vector<double> scores(n);
  std::vector<double> gradient(n);
  for (std::size_t d = 0; d < shard.count * shape_.steps; ++d) {
    std::copy_n(shard.scores.data() + d * n, n, scores.begin());
    std::fill(gradient.begin(), gradient.end(), 0.0);
    shard.entropy +=
        add_slate_gradient(scores, shard.slate(d, shape_),
                           {.advantage = advantage_left(shard, d, scores), .entropy = course_.weight}, gradient);
    // The optimiser minimises, the return is to be maximised.
    for (std::size_t i = 0; i < n; ++i) shard.dscores(d * n + i, 0) = static_cast<float>(-scale * gradient[i]);
  }

  shard.gradients.clear();
  shard.dmemory.resize(shard.memory.shape());
  std::fill(shard.dmemory.begin(), shard.dmemory.end(), 0.0F);
  network.score_backward(run, in, shard.score_cache, shard.dscores, shard.dmemory);
  network.remember_backward(run, of_shard(events_), shard.event_cache, shard.dmemory);
}

void AgentTrainer::follow_entropy(double entropy) {
  const double fallen = std::clamp((progress() - entropy_held) / (entropy_fallen - entropy_held), 0.0, 1.0);
  const double aim = training_.entropy + (training_.last_entropy - training_.entropy) * fallen;
  course_.log_weight =
      std::clamp(course_.log_weight + entropy_gain * (aim - entropy), least_log_weight, most_log_weight);
  course_.weight = std::exp(course_.log_weight + entropy_stiffness * (aim - entropy));
}

std::vector<std::size_t> AgentTrainer::shards_of(std::size_t batch) const {
  std::vector<std::size_t> numbers;
  for (std::size_t s = batch; s < shards_.size(); s += batches_) numbers.push_back(s);
  return numbers;
}

void AgentTrainer::learn_from(std::span<const std::size_t> batch) {
  std::size_t decisions = 0;
  for (const std::size_t s : batch) decisions += shards_[s].count * shape_.steps;
  const engine::Range own = own_shards();
  pool_.run(batch.size(), [&](std::size_t i, std::size_t worker) {
    if (batch[i] < own.begin || batch[i] >= own.end) return;
    add_gradient(shards_[batch[i]], 1 / static_cast<double>(decisions), workspaces_[worker]);
  });
  if (!processes_.is_alone()) share_gradients(batch);
  step(batch);
}

AgentUpdate AgentTrainer::update() {
  return engine::together(processes_, [&] {
    if (processes_.is_first()) engine::give_order(processes_, update_order);
    return do_update();
  });
}

AgentUpdate AgentTrainer::do_update() {
  const engine::Range own = own_shards();
  pool_.run(own.end - own.begin,
            [&](std::size_t i, std::size_t worker) { run_sessions(shards_[own.begin + i], workspaces_[worker]); });
  if (!processes_.is_alone()) share_sessions();
  judge_decisions();
  AgentUpdate result{.mean_return =
                         std::accumulate(rewards_.begin(), rewards_.end(), 0.0) / static_cast<double>(sessions())};
  for (std::size_t pass = 0; pass < training_.passes; ++pass) {
    for (std::size_t batch = 0; batch < batches_; ++batch) learn_from(shards_of(batch));
    if (pass > 0) continue;
    if (!processes_.is_alone()) share_entropy();
    result.entropy = entropy_share();
  }
  follow_entropy(result.entropy);
  return result;
}

double AgentTrainer::entropy_share() const {
  double entropy = 0;
  for (const Shard& shard : shards_) entropy += shard.entropy / static_cast<double>(rewards_.size());
  // If everything is shown, only the order is chosen.
  const double least = shape_.slate_size < shape_.candidates ? unordered_slate_entropy(shape_.slate_size) : 0;
  const double most = largest_slate_entropy(shape_.candidates, shape_.slate_size);
  return most > least ? (entropy - least) / (most - least) : 0;
}

double AgentTrainer::learning_rate(std::uint64_t warmup) const {
  const engine::Schedule schedule{
      .peak = training_.rate, .warmup = warmup, .lr_schedule = engine::LrSchedule::cosine, .total = training_.updates};
  return schedule.learning_rate(updates() + 1);
}

void AgentTrainer::step(std::span<const std::size_t> batch) {
  gradients_.clear();
  for (const std::size_t s : batch) {
    engine::kernels::best<float>().add(gradients_.flat().data(), shards_[s].gradients.flat().data(),
                                       gradients_.flat().size());
  }
  const std::span<const float> gradient = gradients_.flat().first(model_.network_size());
  optimiser_.update(pool_, model_.parameters().flat().first(model_.network_size()), gradient,
                    learning_rate(training_.updates / 20),
                    engine::clip_scale(engine::sum_of_squares(pool_, gradient), policy_clip_norm));
}

void AgentTrainer::restore(State state) {
  if (processes_.is_first()) {
    engine::together(processes_, [&] { share_state(processes_, state); });
  }
  optimiser_.restore(std::move(state.moments));
  users_.restore(std::move(state.users));
  model_.parameters() = std::move(state.parameters);
  worth_.restore(std::move(state.worth));
  earnings_.restore(std::move(state.earnings));
  luck_.restore(std::move(state.luck));
  course_ = state.course;
}

}  // namespace infodiet::rl
