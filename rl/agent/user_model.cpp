#include "rl/agent/user_model.hpp"

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/matrix_ops.hpp"
#include "engine/shape.hpp"

namespace infodiet::rl {

namespace {

using engine::Initialiser;

template <class T>
engine::Linear<T> glorot_linear(engine::ParameterLayout& layout, const char* name, std::size_t in, std::size_t out) {
  return {layout, name, {.in = in, .out = out, .initialiser = Initialiser::glorot(in, out)}};
}

/// K, at least 1.
template <class T>
std::size_t slate_size(const ObservedSteps<T>& seen) {
  if (seen.outcomes.cols >= 2) return seen.outcomes.cols - 1;
  throw ShapeError("user model: the outcomes have no item: each row has a column for every item and one more");
}

}  // namespace

template <class T>
UserModel<T>::UserModel(engine::ParameterLayout& layout, const UserModelOptions& o)
    : options_(o),
      gru_(layout, "user.gru", {.in = o.event_features, .width = o.width}),
      now_(glorot_linear<T>(layout, "user.now", o.width, o.width)),
      item_(glorot_linear<T>(layout, "user.item", o.item_features, 2 * o.width)),
      rest_(glorot_linear<T>(layout, "user.rest", o.width, o.width)),
      nothing_(glorot_linear<T>(layout, "user.nothing", o.width, 1)) {}

template <class T>
void UserModel<T>::predict(const engine::Run<T>& run, const ObservedSteps<T>& seen, Cache& cache) const {
  const std::size_t slate = slate_size(seen);
  engine::require_size(seen.events.rows, seen.outcomes.rows, "user model", "the number of events",
                       "one for each outcome");
  engine::require_size(seen.shown.rows, slate * seen.outcomes.rows, "user model", "the number of items shown",
                       "a slate for each outcome");
  remember(run, seen.events, seen.steps, cache.gru, cache.hidden);
  now_.forward(run.parameters, cache.hidden, cache.now_before);
  engine::Silu<T>::forward(cache.now_before, cache.now);
  item_.forward(run.parameters, seen.shown, cache.factors);
  cache.items.resize({seen.shown.rows, 2});
  const auto& kernels = engine::kernels::best<T>();
  for (std::size_t row = 0; row < seen.shown.rows; ++row) {
    kernels.row_dots(&cache.factors(row, 0), 2, options_.width, &cache.now(row / slate, 0), &cache.items(row, 0));
  }
  rest_.forward(run.parameters, cache.hidden, cache.rest_before);
  engine::Silu<T>::forward(cache.rest_before, cache.rest_after);
  nothing_.forward(run.parameters, cache.rest_after, cache.nothing);
}

template <class T>
void UserModel<T>::loss_backward(const engine::Run<T>& run, const ObservedSteps<T>& seen, Cache& cache) const {
  const std::size_t slate = slate_size(seen);
  const T share = T{1} / static_cast<T>(seen.outcomes.rows);
  // The gradients take the place of the outputs.
  for (std::size_t s = 0; s < seen.outcomes.rows; ++s) {
    const T* chosen = seen.outcomes.row(s);
    T* items = &cache.items(s * slate, 0);
    T& nothing = cache.nothing(s, 0);
    T largest = nothing;
    for (std::size_t i = 0; i < slate; ++i) largest = std::max(largest, items[2 * i]);
    T sum = std::exp(nothing - largest);
    for (std::size_t i = 0; i < slate; ++i) sum += std::exp(items[2 * i] - largest);
    T nothing_chosen = 1;
    for (std::size_t i = 0; i < slate; ++i) {
      // forward: loss = log(exp(u_0) + sum of exp(u_j)) - u of what was chosen
      items[2 * i] = share * (std::exp(items[2 * i] - largest) / sum - chosen[i]);
      // forward: loss += (e - engagement)^2 / 2 of what was chosen
      items[2 * i + 1] = share * chosen[i] * (items[2 * i + 1] - chosen[slate]);
      nothing_chosen -= chosen[i];
    }
    nothing = share * (std::exp(nothing - largest) / sum - nothing_chosen);
  }
  engine::Parameters<T>& gradients = run.required_gradients();
  auto dhidden = run.workspace.take(0, 0);
  auto dsteps = run.workspace.take(0, 0);
  auto ditems = run.workspace.take(0, 0);
  auto dnow = run.workspace.take(0, 0);
  // forward: u_0 = silu(h Wr) wn
  nothing_.backward(run.parameters, cache.rest_after, cache.nothing, *dsteps, gradients);
  engine::Silu<T>::backward(cache.rest_before, *dsteps, *dsteps);
  rest_.backward(run.parameters, cache.hidden, *dsteps, *dhidden, gradients);
  // forward: u = (i Wu) . now, e = (i We) . now
  dsteps->resize({seen.events.rows, options_.width});
  ditems->resize({seen.shown.rows, 2 * options_.width});
  engine::clear<T>(*dsteps);
  const auto& kernels = engine::kernels::best<T>();
  for (std::size_t row = 0; row < seen.shown.rows; ++row) {
    for (std::size_t part = 0; part < 2; ++part) {
      const T slope = cache.items(row, part);
      const T* factor = &cache.factors(row, part * options_.width);
      const T* now = &cache.now(row / slate, 0);
      T* dfactor = &(*ditems)(row, part * options_.width);
      kernels.add_scaled(&(*dsteps)(row / slate, 0), slope, factor, options_.width);
      for (std::size_t j = 0; j < options_.width; ++j) dfactor[j] = slope * now[j];
    }
  }
  item_.backward_weights(seen.shown, *ditems, gradients);
  // forward: now = silu(h Wh)
  engine::Silu<T>::backward(cache.now_before, *dsteps, *dsteps);
  now_.backward(run.parameters, cache.hidden, *dsteps, *dnow, gradients);
  engine::add_to<T>(*dhidden, *dnow);
  gru_.backward(run, seen.events, seen.steps, cache.gru, cache.hidden, *dhidden);
}

template class UserModel<float>;
template class UserModel<double>;

}  // namespace infodiet::rl
