// Sessions of one environment of known type: no virtual call per step. `Session` is one session, a value; `Sessions` is
// a batch behind the type-erased interface.
#pragma once

#include <algorithm>
#include <concepts>
#include <span>
#include <vector>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// What an environment must provide, besides `reset(stream)` or `reset(stream, person)`, which returns a State.
/// Optional: `interest`, `attention`, `person`, `taste` and `satisfaction` of a state, as in Observation and
/// SessionBatch. `State` is a value with all latent state; `step` advances it and depends only on its arguments;
/// `candidate` is what a policy may know of a candidate.
template <class E>
concept Dynamics = std::copyable<typename E::State> &&
    requires(const E& environment, typename E::State& state, const typename E::State& seen,
             engine::RandomStream& stream, std::span<const Position> slate, Position position) {
  { environment.shape() } -> std::same_as<Shape>;
  { environment.step(state, slate, stream) } -> std::same_as<Outcome>;
  { environment.candidate(seen, position) } -> std::same_as<Candidate>;
};

/// Throws ShapeError unless there is one slate and one outcome for each of `sessions`.
void check_batch(std::size_t slates, std::size_t outcomes, std::size_t sessions);
/// Throws ShapeError: a session has ended and cannot be stepped.
[[noreturn]] void refuse_step_after_the_end(const Shape& shape);

/// One session: environment, latent state and observations. Copies are independent.
template <Dynamics E>
class Session {
 public:
  /// `environment` must outlive the session.
  explicit Session(const E& environment) : environment_(&environment), shape_(environment.shape()) {}

  /// Starts a session with a person drawn from `stream`; `person` is their number in the plan, for environments with
  /// their own people.
  void begin(engine::RandomStream& stream, std::uint32_t person = 0) {
    if constexpr (requires { environment_->reset(stream, person); }) {
      state_ = environment_->reset(stream, person);
    } else {
      state_ = environment_->reset(stream);
    }
    events_.clear();
    shown_.clear();
  }
  /// Takes a step with `slate`. Throws ShapeError for a slate that does not fit and after the last step.
  Outcome advance(std::span<const Position> slate, engine::RandomStream& stream) {
    if (done()) refuse_step_after_the_end(shape_);
    check_slate(slate, shape_.slate_size, shape_.candidates);
    for (const Position position : slate) shown_.push_back(environment_->candidate(state_, position));
    const Outcome outcome = environment_->step(state_, slate, stream);
    events_.push_back(outcome.event);
    return outcome;
  }

  bool done() const { return events_.size() == shape_.steps; }
  const typename E::State& state() const { return state_; }
  std::size_t steps_taken() const { return events_.size(); }

  void observe(Observation& observation) const {
    observation.step = events_.size();
    observation.steps = shape_.steps;
    observation.slate_size = shape_.slate_size;
    observation.topics = shape_.topics;
    observation.candidates.clear();
    for (std::size_t i = 0; i < shape_.candidates; ++i) {
      observation.candidates.push_back(environment_->candidate(state_, static_cast<Position>(i)));
    }
    observation.events = events_;
    observation.shown = shown_;
    if constexpr (requires { environment_->interest(state_); }) observation.interest = environment_->interest(state_);
    if constexpr (requires { environment_->attention(state_); }) {
      observation.attention = environment_->attention(state_);
    }
  }

 private:
  const E* environment_;
  Shape shape_;
  typename E::State state_{};
  std::vector<Event> events_;
  std::vector<Candidate> shown_;
};

/// A batch of sessions. Session i of a plan always draws from the streams (seed, environment, step, number).
template <Dynamics E>
class Sessions final : public SessionBatch {
 public:
  /// `environment` must outlive the sessions.
  explicit Sessions(const E& environment) : SessionBatch(environment.shape()), environment_(&environment) {}

  void reset(const SessionPlan& plan) override {
    plan_ = plan;
    steps_taken_ = 0;
    sessions_.resize(plan.count, Session<E>(*environment_));
    for (std::size_t i = 0; i < plan.count; ++i) {
      const std::uint32_t person = number(i) / plan.sessions_each;
      engine::RandomStream stream(plan.seed, engine::Purpose::environment, 0, person);
      sessions_[i].begin(stream, person);
    }
  }
  void step(engine::MatrixSpan<const Position> slates, std::span<Outcome> outcomes) override {
    check_batch(slates.rows, outcomes.size(), sessions_.size());
    ++steps_taken_;
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
      engine::RandomStream stream(plan_.seed, engine::Purpose::environment, static_cast<std::uint32_t>(steps_taken_),
                                  number(i));
      outcomes[i] = sessions_[i].advance(std::span(slates.row(i), slates.cols), stream);
    }
  }
  void observe(std::size_t session, Observation& observation) const override {
    sessions_[session].observe(observation);
  }
  std::optional<std::uint32_t> person(std::size_t session) const override {
    if constexpr (requires(const typename E::State& state) { environment_->person(state); }) {
      return environment_->person(sessions_[session].state());
    }
    return std::nullopt;
  }
  std::vector<double> taste(std::size_t session) const override {
    if constexpr (requires(const typename E::State& state) { environment_->taste(state); }) {
      const auto taste = environment_->taste(sessions_[session].state());
      return {taste.begin(), taste.end()};
    }
    return {};
  }
  std::optional<double> satisfaction(std::size_t session, std::span<const Position> slate) const override {
    if constexpr (requires(const typename E::State& state) { environment_->satisfaction(state, slate); }) {
      return environment_->satisfaction(sessions_[session].state(), slate);
    }
    return std::nullopt;
  }

  const E& environment() const { return *environment_; }
  const typename E::State& state(std::size_t session) const { return sessions_[session].state(); }

 private:
  const E* environment_;
  std::vector<Session<E>> sessions_;
};

/// Throws ShapeError: `policy` was given sessions of another environment than its own.
[[noreturn]] void refuse_foreign_sessions(std::string_view policy, std::string_view environment);

/// `batch` as sessions of E, for policies that know the latent state. Throws ShapeError for any other environment.
template <Dynamics E>
const Sessions<E>& sessions_of(const SessionBatch& batch, std::string_view policy) {
  const auto* sessions = dynamic_cast<const Sessions<E>*>(&batch);
  if (sessions == nullptr) refuse_foreign_sessions(policy, E::id);
  return *sessions;
}

}  // namespace infodiet::rl
