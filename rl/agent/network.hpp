// The agent's network: candidates attend to the session so far, and each gets a score. Holds no weights: the caller
// owns parameters and caches, so several threads may use one network. rl/agent/features.hpp computes its inputs.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/layers/activation.hpp"
#include "engine/layers/layer_norm.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"
#include "rl/agent/age_bias.hpp"

namespace infodiet::rl {

/// Sizes of the network.
struct AgentNetworkOptions {
  std::size_t event_features = 0;      ///< Fe, of an event
  std::size_t candidate_features = 0;  ///< Fc
  std::size_t state_features = 0;      ///< Fs, of the state of a session; 0: no such input
  std::size_t width = 32;              ///< D
  std::size_t heads = 2;               ///< divides the width
};

/// Decisions of some sessions at consecutive steps. Rows of candidates are ordered by session, step and candidate, rows
/// of the memory by session and step.
struct Decisions {
  std::size_t sessions = 0;      ///< B
  std::size_t first_step = 0;    ///< of every session
  std::size_t steps = 0;         ///< decided by every session
  std::size_t candidates = 0;    ///< N, at each decision
  std::size_t memory_steps = 0;  ///< rows of the memory per session, at least first_step + steps

  std::size_t rows() const { return sessions * steps * candidates; }
};

/// Inputs of decisions.
template <class T>
struct DecisionInputs {
  Decisions decisions;
  engine::MatrixSpan<const T> memory;      ///< (B * memory_steps, 2 D)
  engine::MatrixSpan<const T> candidates;  ///< (R, Fc), R = decisions.rows()
  engine::MatrixSpan<const T> states{};    ///< (B * steps, Fs), or empty if state_features is 0
};

/// The memory of a session has one token per step: token t holds the event before step t (for step 0, what is known of
/// the person), (keys, values) = silu(event We) Wm. A candidate u = silu(candidate Wc + silu(state Ws) Wn), without the
/// second term if there are no states, attends to the tokens up to its own step, y = u + attention(u Wq, keys, values)
/// Wo with an age bias on the scores, and gets the score silu(norm(y) W1) w2. Tokens do not attend to each other, so
/// continuing a session adds a token and changes none.
template <class T>
class AgentNetwork {
 public:
  struct EventCache {
    engine::Matrix<T> before;  ///< (S, D) before the activation
    engine::Matrix<T> after;   ///< (S, D)
  };
  struct ScoreCache {
    engine::Matrix<T> state_before;  ///< (B * steps, D) before the activation
    engine::Matrix<T> state_after;   ///< (B * steps, D)
    engine::Matrix<T> now;           ///< (B * steps, D) silu(state Ws) Wn
    engine::Matrix<T> before;        ///< (R, D) before the activation
    engine::Matrix<T> content;       ///< (R, D) u
    engine::Matrix<T> query;         ///< (R, D)
    engine::Matrix<T> context;       ///< (R, D) output of attention, heads side by side
    engine::Matrix<T> sum;           ///< (R, D) y
    engine::Matrix<T> normed;        ///< (R, D)
    engine::Matrix<T> wide;          ///< (R, 2 D) before the activation
    engine::Matrix<T> bent;          ///< (R, 2 D) after it
    typename engine::LayerNorm<T>::Cache norm;
    engine::Matrix<T> normalisers;  ///< (H, R)
    engine::Matrix<T> by_age;       ///< (H, first_step + steps)
  };

  /// Throws ShapeError if heads does not divide width.
  AgentNetwork(engine::ParameterLayout& layout, const AgentNetworkOptions& options);

  const AgentNetworkOptions& options() const { return options_; }

  /// Writes memory (S, 2 D), keys then values, from events (S, Fe).
  void remember(const engine::Parameters<T>& parameters, engine::MatrixSpan<const T> events, EventCache& cache,
                engine::Matrix<T>& memory) const;
  /// From dmemory (S, 2 D): adds to the parameters' gradients.
  void remember_backward(const engine::Run<T>& run, engine::MatrixSpan<const T> events, const EventCache& cache,
                         const engine::Matrix<T>& dmemory) const;

  /// Writes scores (R, 1) of the candidates.
  void score(const engine::Run<T>& run, const DecisionInputs<T>& in, ScoreCache& cache,
             engine::Matrix<T>& scores) const;
  /// From dscores (R, 1): adds to dmemory (B * memory_steps, 2 D) and to the parameters' gradients.
  void score_backward(const engine::Run<T>& run, const DecisionInputs<T>& in, const ScoreCache& cache,
                      const engine::Matrix<T>& dscores, engine::Matrix<T>& dmemory) const;

 private:
  // Adds the term of the states to their candidates' rows.
  void add_states(const engine::Run<T>& run, const DecisionInputs<T>& in, ScoreCache& cache) const;
  // From the gradient of cache.before.
  void states_backward(const engine::Run<T>& run, const DecisionInputs<T>& in, const ScoreCache& cache,
                       const engine::Matrix<T>& dbefore) const;
  // From the gradient of attention's output: those of its queries and of the age bias; adds to dmemory.
  void attend_backward(const engine::Run<T>& run, const DecisionInputs<T>& in, const ScoreCache& cache,
                       const engine::Matrix<T>& dcontext, engine::Matrix<T>& dquery, engine::Matrix<T>& dmemory) const;

  AgentNetworkOptions options_;
  engine::Linear<T> event_;
  engine::Linear<T> key_value_;
  engine::Linear<T> candidate_;
  std::optional<engine::Linear<T>> state_;  ///< like now_, only if there are states
  std::optional<engine::Linear<T>> now_;
  engine::Linear<T> query_;
  AgeBias<T> age_;
  engine::Linear<T> out_;
  engine::LayerNorm<T> norm_;
  engine::Linear<T> widen_;
  engine::Linear<T> score_;
};

}  // namespace infodiet::rl
