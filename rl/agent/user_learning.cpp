#include "rl/agent/user_learning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/errors.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "rl/agent/replay.hpp"

namespace infodiet::rl {

namespace {

/// Optimiser steps per lesson, and sessions in each, at most as many as a lesson brings. What the agent knows of the
/// person must not tremble from lesson to lesson, so steps are small and see many sessions.
constexpr std::size_t user_rounds = 8;
constexpr std::size_t sessions_of_round = 64;

/// Largest Euclidean norm of a step's gradient.
constexpr double user_clip_norm = 1;

}  // namespace

UserLearning::UserLearning(const AgentModel& model, const Shape& shape, std::size_t remembered)
    : steps_(shape.steps),
      remembered_(remembered),
      optimiser_(model.layout().size() - model.network_size(), {}),
      gradients_(model.layout()) {
  events_.resize({0, model.features().event_size()});
  shown_.resize({0, shape.slate_size * model.features().offer_size()});
  outcomes_.resize({0, shape.slate_size + 1});
}

bool UserLearning::fits(const Past& past) const {
  const std::size_t rows = past.outcomes.size() / outcomes_.shape(1);
  return rows % steps_ == 0 && past.outcomes.size() == rows * outcomes_.shape(1) &&
         past.events.size() == rows * events_.shape(1) && past.shown.size() == rows * shown_.shape(1);
}

void UserLearning::restore(State state) {
  if (!fits(state.past)) {
    throw ShapeError(
        fmt::format("user model: remembered sessions of {} numbers before, {} of slates and {} of outcomes do not fit "
                    "sessions of {} steps: are they of another environment?",
                    state.past.events.size(), state.past.shown.size(), state.past.outcomes.size(), steps_));
  }
  optimiser_.restore(std::move(state.moments));
  past_ = std::move(state.past);
}

void UserLearning::draw(engine::RandomStream stream, std::size_t count) {
  const std::size_t sessions = past_.outcomes.size() / outcomes_.shape(1) / steps_;
  const auto take = [&](const std::vector<float>& buffer, std::size_t session, engine::Matrix<float>& rows,
                        std::size_t i) {
    rows.resize({count * steps_, rows.shape(1)});
    take_rows(buffer, session * steps_, engine::MatrixSpan<float>(rows).rows_from(i * steps_, steps_));
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t session = stream.below(sessions);
    take(past_.events, session, events_, i);
    take(past_.shown, session, shown_, i);
    take(past_.outcomes, session, outcomes_, i);
  }
}

void UserLearning::learn(const Sessions& sessions, const Forecast::Lesson& lesson, AgentModel& model) {
  if (model.user() == nullptr) return;
  const std::size_t rows = sessions.outcomes.rows;
  const std::size_t first = lesson.update % remembered_ * rows;
  put_rows(sessions.events, first, past_.events);
  put_rows(sessions.shown, first, past_.shown);
  put_rows(sessions.outcomes, first, past_.outcomes);
  const std::size_t count = std::min(sessions_of_round, rows / steps_);
  for (std::size_t round = 0; round < user_rounds; ++round) {
    draw({lesson.seed, engine::Purpose::shuffle, lesson.update, static_cast<std::uint32_t>(round)}, count);
    const std::size_t slate = outcomes_.shape(1) - 1;
    const engine::Run<float> run{.parameters = model.parameters(), .workspace = workspace_, .gradients = &gradients_};
    const ObservedSteps<float> seen{
        steps_, events_, {shown_.data(), shown_.shape(0) * slate, shown_.shape(1) / slate}, outcomes_};
    model.user()->predict(run, seen, cache_);
    gradients_.clear();
    model.user()->loss_backward(run, seen, cache_);
    const std::span<const float> gradient = gradients_.flat().subspan(model.network_size());
    optimiser_.update(alone_, model.parameters().flat().subspan(model.network_size()), gradient, lesson.rate,
                      engine::clip_scale(engine::sum_of_squares(alone_, gradient), user_clip_norm));
  }
}

}  // namespace infodiet::rl
