#include "rl/agent/forecast_network.hpp"

#include "engine/matrix_ops.hpp"
#include "engine/shape.hpp"

namespace infodiet::rl {

namespace {

using engine::Initialiser;

}  // namespace

template <class T>
ForecastNetwork<T>::ForecastNetwork(const ForecastOptions& o)
    : options_(o),
      state_(layout_, "state",
             {.in = o.state_features, .out = o.width, .initialiser = Initialiser::glorot(o.state_features, o.width)}),
      now_(layout_, "now", {.in = o.width, .out = o.width, .initialiser = Initialiser::glorot(o.width, o.width)}),
      item_(layout_, "item",
            {.in = o.item_features, .out = o.width, .initialiser = Initialiser::glorot(o.item_features, o.width)}),
      widen_(layout_, "widen",
             {.in = o.width, .out = 2 * o.width, .initialiser = Initialiser::glorot(o.width, 2 * o.width)}),
      score_(layout_, "score", {.in = 2 * o.width, .out = 1, .bias = engine::Bias::no}) {}

template <class T>
void ForecastNetwork<T>::score(const engine::Run<T>& run, const ForecastInputs<T>& in, Cache& cache,
                               engine::Matrix<T>& scores) const {
  engine::require_size(in.items.rows, in.states.rows, "forecast", "the number of items", "one for each state");
  state_.forward(run.parameters, in.states, cache.state_before);
  engine::Silu<T>::forward(cache.state_before, cache.state_after);
  now_.forward(run.parameters, cache.state_after, cache.after);
  item_.forward(run.parameters, in.items, cache.before);
  engine::add_to<T>(cache.before, cache.after);
  engine::Silu<T>::forward(cache.before, cache.after);
  widen_.forward(run.parameters, cache.after, cache.wide);
  engine::Silu<T>::forward(cache.wide, cache.bent);
  score_.forward(run.parameters, cache.bent, scores);
}

template <class T>
void ForecastNetwork<T>::score_backward(const engine::Run<T>& run, const ForecastInputs<T>& in, const Cache& cache,
                                        const engine::Matrix<T>& dscores) const {
  engine::Parameters<T>& gradients = run.required_gradients();
  auto dwide = run.workspace.take(0, 0);
  auto dafter = run.workspace.take(0, 0);
  // forward: score = silu(after W1) w2
  score_.backward(run.parameters, cache.bent, dscores, *dwide, gradients);
  engine::Silu<T>::backward(cache.wide, *dwide, *dwide);
  widen_.backward(run.parameters, cache.after, *dwide, *dafter, gradients);
  // forward: after = silu(items Wi + silu(states Ws) Wn)
  engine::Silu<T>::backward(cache.before, *dafter, *dafter);
  item_.backward_weights(in.items, *dafter, gradients);
  now_.backward(run.parameters, cache.state_after, *dafter, *dwide, gradients);
  engine::Silu<T>::backward(cache.state_before, *dwide, *dwide);
  state_.backward_weights(in.states, *dwide, gradients);
}

template class ForecastNetwork<float>;
template class ForecastNetwork<double>;

}  // namespace infodiet::rl
