// What an update credits its decisions with: rewards without luck, values, advantages.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "rl/agent/trainer.hpp"

namespace infodiet::rl {

namespace {

/// Learning rate of the user model, as a share of the policy's.
constexpr double users_rate = 0.5;

/// The trace of the value network is longer than that of the advantages, which rely on it after a few steps.
constexpr double worth_rate = 0.5;
constexpr double worth_trace = 0.9;

/// Decay of the running size of advantages per update.
constexpr double advantage_kept = 0.8;

}  // namespace

Forecast::Lesson AgentTrainer::lesson(double share_of_rate) const {
  constexpr double declined = 0.9;
  return {.rate = share_of_rate * training_.rate * (1 - declined * progress()),
          .seed = training_.seed,
          .update = static_cast<std::uint32_t>(updates())};
}

engine::MatrixSpan<const double> AgentTrainer::by_session(const std::vector<double>& numbers) const {
  return {numbers.data(), sessions(), shape_.steps};
}

Horizon AgentTrainer::horizon() const {
  return {.discount = training_.discount + (training_.last_discount - training_.discount) * progress(),
          .trace = training_.trace};
}

ObservedSteps<float> AgentTrainer::seen() const {
  const std::size_t slate = shape_.slate_size;
  return {shape_.steps, events_, {slates_.data(), slates_.shape(0) * slate, slates_.shape(1) / slate}, outcomes_};
}

// Each is learned on one thread, and neither reads what the other writes.
void AgentTrainer::learn_rewards_and_choices() {
  pool_.run(2, [&](std::size_t task, std::size_t) {
    if (task == 0) {
      if (training_.reward == RewardKind::drawn) earnings_.learn({states_, shown_}, rewards_, lesson(1));
      return;
    }
    users_.learn({events_, slates_, outcomes_},
                 {.rate = users_rate * learning_rate(0),
                  .seed = training_.seed,
                  .update = static_cast<std::uint32_t>(updates())},
                 model_);
  });
}

void AgentTrainer::remove_luck() {
  // What was luck is told by the user model by which the sessions ran, before it learns from them.
  luck_.expect(model_, seen());
  learn_rewards_and_choices();
  std::vector<double> expected = rewards_;
  if (training_.reward == RewardKind::drawn) earnings_.expect({states_, shown_}, expected);
  luck_.remove(model_,
               {.seen = seen(), .states = states_, .rewards = rewards_, .expected = expected, .values = values_},
               credited_);
}

void AgentTrainer::judge_decisions() {
  worth_.expect({states_, offers_}, values_);
  remove_luck();
  const engine::MatrixSpan<double> advantages(advantages_.data(), sessions(), shape_.steps);
  generalised_advantages(by_session(credited_), by_session(values_), horizon(), advantages);

  const engine::MatrixSpan<double> to_come(to_come_.data(), sessions(), shape_.steps);
  generalised_advantages(by_session(credited_), by_session(values_), {horizon().discount, worth_trace}, to_come);
  for (std::size_t d = 0; d < to_come_.size(); ++d) to_come_[d] += values_[d];
  worth_.follow(by_session(to_come_));
  worth_.learn({states_, offers_}, to_come_, lesson(worth_rate));

  leave_one_out(advantages, training_.sessions_each);
  const double squares = std::inner_product(advantages_.begin(), advantages_.end(), advantages_.begin(), 0.0);
  const double size = std::sqrt(squares / static_cast<double>(advantages_.size()));
  const double kept = course_.advantage_size > 0 ? advantage_kept : 0;
  course_.advantage_size = kept * course_.advantage_size + (1 - kept) * size;
  for (double& advantage : advantages_) advantage /= course_.advantage_size > 0 ? course_.advantage_size : 1;
}

}  // namespace infodiet::rl
