// What the agent learns of a person from what they do: a recurrent memory of the session, trained to predict what will
// be chosen from a slate and how engaging it is. The policy and the forecasts read its vector; their gradients do not
// reach it. Holds no weights, like AgentNetwork.
#pragma once

#include <cstddef>

#include "engine/layers/activation.hpp"
#include "engine/layers/gru.hpp"

namespace infodiet::rl {

/// Sizes of the model.
struct UserModelOptions {
  std::size_t event_features = 0;  ///< Fe
  std::size_t item_features = 0;   ///< Fi
  std::size_t width = 32;          ///< D
};

/// Complete sessions with the same number of steps, end to end: S steps in all.
template <class T>
struct ObservedSteps {
  std::size_t steps = 0;                 ///< of each session
  engine::MatrixSpan<const T> events;    ///< (S, Fe) before each step
  engine::MatrixSpan<const T> shown;     ///< (S K, Fi) items of the slates
  engine::MatrixSpan<const T> outcomes;  ///< (S, K + 1) 1 for what was chosen, 0 for the rest; its squeezed engagement
};

/// h after the event before a step is that of a Gru. An item i of the slate has a utility u_i = (i Wu) . silu(h Wh) and
/// an engagement e_i = (i We) . silu(h Wh), choosing nothing has u_0 = silu(h Wr) wn. The item is chosen with
/// probability exp(u_i) / (exp(u_0) + sum of exp(u_j) over the slate) (conditional logit: McFadden 1974), and is
/// consumed for e_i, on the scale of `squeezed`. Every product has a bias.
template <class T>
class UserModel {
 public:
  struct Cache {
    typename engine::Gru<T>::Cache gru;
    engine::Matrix<T> hidden;       ///< (S, D) h
    engine::Matrix<T> now_before;   ///< (S, D) before the activation
    engine::Matrix<T> now;          ///< (S, D) silu(h Wh)
    engine::Matrix<T> factors;      ///< (S K, 2 D) i Wu and i We
    engine::Matrix<T> items;        ///< (S K, 2) u_i and e_i
    engine::Matrix<T> rest_before;  ///< (S, D) before the activation
    engine::Matrix<T> rest_after;   ///< (S, D)
    engine::Matrix<T> nothing;      ///< (S, 1) u_0
  };

  UserModel(engine::ParameterLayout& layout, const UserModelOptions& options);

  std::size_t width() const { return options_.width; }

  /// Writes hidden (S, D) after each of the events (S, Fe) of sessions of `steps` steps.
  void remember(const engine::Run<T>& run, engine::MatrixSpan<const T> events, std::size_t steps,
                typename engine::Gru<T>::Cache& cache, engine::Matrix<T>& hidden) const {
    gru_.forward(run, events, steps, cache, hidden);
  }
  /// Continues sessions by an event each (B, Fe): hidden (B, D), at first 0, becomes that after it.
  void go_on(const engine::Run<T>& run, engine::MatrixSpan<const T> events, engine::MatrixSpan<T> hidden) const {
    gru_.step(run, events, hidden);
  }

  /// Writes cache.items and cache.nothing. Throws ShapeError unless there is an event for each outcome, and K items.
  void predict(const engine::Run<T>& run, const ObservedSteps<T>& seen, Cache& cache) const;
  /// The loss is the mean over steps of minus the log-probability of what was chosen, plus half the squared error of
  /// its engagement. Adds its gradient to the parameters' gradients; `cache` is from `predict` with the same steps, and
  /// is overwritten.
  void loss_backward(const engine::Run<T>& run, const ObservedSteps<T>& seen, Cache& cache) const;

 private:
  UserModelOptions options_;
  engine::Gru<T> gru_;
  engine::Linear<T> now_;
  engine::Linear<T> item_;
  engine::Linear<T> rest_;
  engine::Linear<T> nothing_;
};

}  // namespace infodiet::rl
