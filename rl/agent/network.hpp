// The agent's network: candidates attend to the session so far and each gets a score. Holds no numbers: parameters and
// caches are the caller's, so one network serves several threads. Knows no environment; features come from
// rl/agent/features.hpp.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/layers/activation.hpp"
#include "engine/layers/layer_norm.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"
#include "rl/agent/age_bias.hpp"

namespace infodiet::rl {

struct AgentNetworkOptions {
  std::size_t event_features = 0;      ///< Fe, of what happened at a step
  std::size_t candidate_features = 0;  ///< Fc
  std::size_t state_features = 0;      ///< Fs, of the session so far as a whole; 0: the network has no such input
  std::size_t width = 32;              ///< D
  std::size_t heads = 2;               ///< divides the width
};

/// Decisions of some sessions at consecutive steps. Rows of candidates are ordered by session, step and candidate, and
/// rows of the memory by session and step.
struct Decisions {
  std::size_t sessions = 0;      ///< B
  std::size_t first_step = 0;    ///< of every session
  std::size_t steps = 0;         ///< decided by every session
  std::size_t candidates = 0;    ///< N, at each decision
  std::size_t memory_steps = 0;  ///< rows of the memory that each session has, at least first_step + steps

  std::size_t rows() const { return sessions * steps * candidates; }
};

/// What decisions are made from.
template <class T>
struct DecisionInputs {
  Decisions decisions;
  engine::MatrixSpan<const T> memory;      ///< (B * memory_steps, 2 D)
  engine::MatrixSpan<const T> candidates;  ///< (R, Fc), R = decisions.rows()
  engine::MatrixSpan<const T> states{};    ///< (B * steps, Fs), or empty where the network has no such input
};

/// The session is a memory of one token a step: token t holds what happened before step t (at first, what is known of
/// the person), (keys, values) = silu(event We) Wm. A candidate with u = silu(candidate Wc + silu(state Ws) Wn), the
/// second term only where there are states, attends to the tokens up to its own step, y = u + attention(u Wq, keys +
/// age bias, values) Wo, and scores silu(norm(y) W1) w2. Since tokens do not look at each other, a session that goes on
/// adds a token and changes none.
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
    engine::Matrix<T> now;           ///< (B * steps, D) what states add to their candidates
    engine::Matrix<T> before;        ///< (R, D) before the activation
    engine::Matrix<T> content;       ///< (R, D) u
    engine::Matrix<T> query;         ///< (R, D)
    engine::Matrix<T> context;       ///< (R, D) what attention gives, heads side by side
    engine::Matrix<T> sum;           ///< (R, D) y
    engine::Matrix<T> normed;        ///< (R, D)
    engine::Matrix<T> wide;          ///< (R, 2 D) before the activation
    engine::Matrix<T> bent;          ///< (R, 2 D) after it
    typename engine::LayerNorm<T>::Cache norm;
    engine::Matrix<T> normalisers;  ///< (H, R)
    engine::Matrix<T> by_age;       ///< (H, first_step + steps)
  };

  /// Throws ShapeError if heads does not divide width.
  explicit AgentNetwork(const AgentNetworkOptions& options);

  const engine::ParameterLayout& layout() const { return layout_; }
  const AgentNetworkOptions& options() const { return options_; }

  /// memory (S, 2 D) from events (S, Fe): keys, then values.
  void remember(const engine::Parameters<T>& parameters, engine::MatrixSpan<const T> events, EventCache& cache,
                engine::Matrix<T>& memory) const;
  /// From dmemory (S, 2 D): adds to the parameters' gradients.
  void remember_backward(const engine::Run<T>& run, engine::MatrixSpan<const T> events, const EventCache& cache,
                         const engine::Matrix<T>& dmemory) const;

  /// scores (R, 1) of the candidates.
  void score(const engine::Run<T>& run, const DecisionInputs<T>& in, ScoreCache& cache,
             engine::Matrix<T>& scores) const;
  /// From dscores (R, 1): adds to dmemory (B * memory_steps, 2 D) and to the parameters' gradients.
  void score_backward(const engine::Run<T>& run, const DecisionInputs<T>& in, const ScoreCache& cache,
                      const engine::Matrix<T>& dscores, engine::Matrix<T>& dmemory) const;

 private:
  // Adds what states are worth to the rows of their candidates.
  void add_states(const engine::Run<T>& run, const DecisionInputs<T>& in, ScoreCache& cache) const;
  // From the gradient of cache.before.
  void states_backward(const engine::Run<T>& run, const DecisionInputs<T>& in, const ScoreCache& cache,
                       const engine::Matrix<T>& dbefore) const;
  // From the gradient of what attention gave: those of its queries and of what biases them; adds to dmemory.
  void attend_backward(const engine::Run<T>& run, const DecisionInputs<T>& in, const ScoreCache& cache,
                       const engine::Matrix<T>& dcontext, engine::Matrix<T>& dquery, engine::Matrix<T>& dmemory) const;

  AgentNetworkOptions options_;
  engine::ParameterLayout layout_;
  engine::Linear<T> event_;
  engine::Linear<T> key_value_;
  engine::Linear<T> candidate_;
  std::optional<engine::Linear<T>> state_;  ///< as now_: where there are states
  std::optional<engine::Linear<T>> now_;
  engine::Linear<T> query_;
  AgeBias<T> age_;
  engine::Linear<T> out_;
  engine::LayerNorm<T> norm_;
  engine::Linear<T> widen_;
  engine::Linear<T> score_;
};

}  // namespace infodiet::rl
