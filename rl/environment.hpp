// Simulated people in front of a feed: the contract between environments, policies and code that runs them.
//
// An environment is immutable. A session's state is a value, and a step is a pure function of state, slate and stream,
// so any session can be replayed from its seed. Environments are written as plain classes that model `Dynamics`
// (rl/session.hpp) and are stepped without virtual calls inside a batch; `Environment` and `SessionBatch` are the
// type-erased view with one call for a whole batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/random.hpp"
#include "rl/slate.hpp"

namespace infodiet::rl {

/// Dense number of a topic, 0..topics-1.
using Topic = std::uint32_t;

/// What a policy may know of a candidate. Unknown attributes are null, never 0.
struct Candidate {
  static constexpr std::uint32_t drawn_afresh = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t item = drawn_afresh;  ///< number in the environment's catalogue, if it has one
  double score = 0;                 ///< expected reward of the next step, or the recommender's score; higher is better
  std::optional<double> quality{};  ///< in [-1, 1]
  std::optional<double> clickbait{};   ///< in [0, 1]
  std::optional<double> minutes{};     ///< minutes it takes to consume
  std::optional<double> popularity{};  ///< share of all interactions, in (0, 1]
  std::span<const Topic>
      topics{};  ///< ascending and distinct; each has an equal share of the item; owned by the environment
};

/// The result of one step, as policies see it.
struct Event {
  static constexpr Position nothing = std::numeric_limits<Position>::max();

  Position chosen = nothing;  ///< rank in the slate, or `nothing`
  double engagement = 0;      ///< minutes spent, or 1 for a click; 0 if nothing was chosen
};

/// What a policy sees before a step. Never contains the latent state. Valid until the session's next step.
struct Observation {
  std::size_t step = 0;                 ///< steps taken so far
  std::size_t steps = 0;                ///< steps of a session
  std::size_t slate_size = 0;           ///< K
  std::size_t topics = 0;               ///< number of topics, 0 if items have none
  std::vector<Candidate> candidates{};  ///< what may be shown now; after the last step, what would be offered next
  std::span<const Event> events{};      ///< (step) the session so far, oldest first
  std::span<const Candidate> shown{};   ///< (step * K) the slates so far, as shown
  std::span<const double> interest{};   ///< (topics) shares of topics before the session, or empty if unknown
  std::optional<double> attention{};  ///< the person's attention budget for the session, as engagement; null if unknown

  /// The slate of step t < step.
  std::span<const Candidate> slate_at(std::size_t t) const { return shown.subspan(t * slate_size, slate_size); }
  /// What was chosen at step t < step, or null.
  const Candidate* chosen_at(std::size_t t) const {
    return events[t].chosen == Event::nothing ? nullptr : &slate_at(t)[events[t].chosen];
  }
};

/// The result of one step, as the simulator knows it.
struct Outcome {
  double reward = 0;           ///< as drawn
  double expected_reward = 0;  ///< mean of the reward given the latent state and the slate
  Event event{};
  std::optional<double> taste_topics{};  ///< effective topics of the person's taste after the step, if tastes move
};

/// Sizes of an environment. Every session has `steps` steps.
struct Shape {
  std::size_t steps = 0;
  std::size_t candidates = 0;  ///< offered at each step
  std::size_t slate_size = 0;  ///< K <= candidates
  std::size_t topics = 0;
};

/// Which sessions to run. Session i draws its person from stream i / sessions_each and step t from (t, i), so runs with
/// equal plans have the same people and the same random draws under every policy.
struct SessionPlan {
  std::uint64_t seed = 1;
  std::uint32_t first = 0;          ///< number of the first session
  std::size_t count = 0;            ///< sessions
  std::uint32_t sessions_each = 1;  ///< consecutive sessions of the same person
};

/// Sessions of one environment, all at the same step. One thread at a time; different batches may run concurrently.
class SessionBatch {
 public:
  virtual ~SessionBatch() = default;

  /// Starts the sessions of `plan` from the beginning; memory is reused.
  virtual void reset(const SessionPlan& plan) = 0;
  /// One step of all sessions: slates (sessions, K) of positions among the candidates, outcomes (sessions). Throws
  /// ShapeError for slates that repeat a position or go beyond the candidates, and after the last step.
  virtual void step(engine::MatrixSpan<const Position> slates, std::span<Outcome> outcomes) = 0;
  /// Fills in what a policy may know of a session.
  virtual void observe(std::size_t session, Observation& observation) const = 0;
  /// Number of the data set's user that a session simulates; null without a data set.
  virtual std::optional<std::uint32_t> person(std::size_t session) const = 0;
  /// (topics) shares of a session's taste now; empty if tastes do not move.
  virtual std::vector<double> taste(std::size_t session) const = 0;
  /// The satisfaction with a slate in a session, in [0, 1], as its environment defines it; null if it is the expected
  /// reward of the next step.
  virtual std::optional<double> satisfaction(std::size_t session, std::span<const Position> slate) const = 0;

  /// Sizes and progress of the batch.
  const Shape& shape() const { return shape_; }
  std::size_t size() const { return plan_.count; }
  std::size_t steps_taken() const { return steps_taken_; }
  bool done() const { return steps_taken_ == shape_.steps; }
  /// Number of session i in its run.
  std::uint32_t number(std::size_t session) const { return plan_.first + static_cast<std::uint32_t>(session); }
  /// The random stream for a policy in a session at this step.
  engine::RandomStream policy_stream(std::size_t session) const {
    return {plan_.seed, engine::Purpose::policy, static_cast<std::uint32_t>(steps_taken_), number(session)};
  }
  /// A further stream, for exploration around a policy.
  engine::RandomStream exploration_stream(std::size_t session) const {
    constexpr std::uint32_t beyond_all_steps = 0x8000'0000;
    return {plan_.seed, engine::Purpose::policy, beyond_all_steps + static_cast<std::uint32_t>(steps_taken_),
            number(session)};
  }

 protected:
  explicit SessionBatch(const Shape& shape) : shape_(shape) {}

  Shape shape_;
  SessionPlan plan_;
  std::size_t steps_taken_ = 0;
};

struct Optimum;

/// An environment with fixed parameters. Immutable, so its sessions may run on several threads.
class Environment {
 public:
  virtual ~Environment() = default;

  /// The name as the command line spells it.
  virtual std::string name() const = 0;
  /// The assumptions about people and items, in sentences for help.
  virtual std::string_view assumptions() const = 0;
  /// Its sizes.
  virtual Shape shape() const = 0;
  /// Whether the order of a slate's items changes what people do.
  virtual bool order_matters() const { return false; }
  /// Sessions of this environment, which must outlive them.
  virtual std::unique_ptr<SessionBatch> open_sessions() const = 0;
  /// The optimum, computed; null if it cannot be computed. May take a second.
  virtual std::shared_ptr<const Optimum> solve() const { return nullptr; }
};

}  // namespace infodiet::rl
