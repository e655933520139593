// What an update credits its decisions with: rewards without avoidable noise, values, advantages.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "rl/agent/trainer.hpp"

namespace infodiet::rl {

namespace {

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

void AgentTrainer::forecast_earnings() {
  earnings_.learn({states_, shown_}, rewards_, lesson(1));
  earnings_.expect({states_, shown_}, credited_);
}

// The difference between a reward and its prediction is noise. But if a click also bores or narrows, the later loss
// compensates it, and keeping the noise lowers the variance: with advantages a from predictions and l from noise, the
// variance of a + share l is least at share = -mean(a l) / mean(l l).
double AgentTrainer::luck_share() {
  std::vector<double> luck(rewards_.size());
  std::transform(rewards_.begin(), rewards_.end(), credited_.begin(), luck.begin(), std::minus<>());
  const std::vector<double> no_values(luck.size());
  std::vector<double> of_luck(luck.size());
  std::vector<double> of_forecasts(luck.size());
  const auto advantages_from = [&](const std::vector<double>& rewards, const std::vector<double>& values,
                                   std::vector<double>& into) {
    const engine::MatrixSpan<double> advantages(into.data(), sessions(), shape_.steps);
    generalised_advantages(by_session(rewards), by_session(values), horizon(), advantages);
    leave_one_out(advantages, training_.sessions_each);
  };
  advantages_from(luck, no_values, of_luck);
  advantages_from(credited_, values_, of_forecasts);
  const auto follow = [&](double& mean, const std::vector<double>& others) {
    const double now = std::inner_product(of_luck.begin(), of_luck.end(), others.begin(), 0.0);
    const double kept = course_.advantage_size > 0 ? advantage_kept : 0;
    mean = kept * mean + (1 - kept) * now / static_cast<double>(of_luck.size());
  };
  follow(course_.luck_product, of_forecasts);
  follow(course_.luck_square, of_luck);
  return course_.luck_square > 0 ? std::clamp(-course_.luck_product / course_.luck_square, 0.0, 1.0) : 0;
}

void AgentTrainer::judge_decisions() {
  worth_.expect({states_, offers_}, values_);
  credited_ = rewards_;
  if (forecasts_earnings()) {
    forecast_earnings();
    const double share = luck_share();
    for (std::size_t d = 0; d < rewards_.size(); ++d) credited_[d] += share * (rewards_[d] - credited_[d]);
  }
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
