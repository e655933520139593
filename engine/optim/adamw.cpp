#include "engine/optim/adamw.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

namespace {

// Work is cut into chunks of a fixed size, so that updates do not depend on the number of threads.
constexpr std::size_t chunk = std::size_t{1} << 15;

std::size_t chunks(std::size_t n) {
  return (n + chunk - 1) / chunk;
}

Range chunk_at(std::size_t n, std::size_t i) {
  return {i * chunk, std::min(n, (i + 1) * chunk)};
}

}  // namespace

template <class T>
AdamW<T>::AdamW(std::size_t parameters, const Options& options) : options_(options) {
  state_.first.assign(parameters, T{0});
  state_.second.assign(parameters, T{0});
}

template <class T>
void AdamW<T>::update(ThreadPool& pool, std::span<T> parameters, std::span<const T> gradient, double rate,
                      double gradient_scale) {
  constexpr auto cause = "is the optimiser another model's?";
  require_size(parameters.size(), state_.first.size(), "adamw", "the number of parameters", cause);
  require_size(gradient.size(), state_.first.size(), "adamw", "the number of gradients", cause);
  ++state_.steps;
  const auto t = static_cast<double>(state_.steps);
  const kernels::AdamStep step{.rate = rate,
                               .beta1 = options_.beta1,
                               .beta2 = options_.beta2,
                               .epsilon = options_.epsilon,
                               .decoupled_decay = options_.weight_decay,
                               .coupled_decay = 0,
                               .correction1 = 1 - std::pow(options_.beta1, t),
                               .correction2 = 1 - std::pow(options_.beta2, t),
                               .gradient_scale = gradient_scale};
  pool.run(chunks(parameters.size()), [&](std::size_t i, std::size_t) {
    const Range range = chunk_at(parameters.size(), i);
    kernels::best<T>().adam(step, parameters.data() + range.begin, gradient.data() + range.begin,
                            state_.first.data() + range.begin, state_.second.data() + range.begin,
                            range.end - range.begin);
  });
}

template <class T>
void AdamW<T>::restore(State state) {
  constexpr auto cause = "is the state another model's?";
  require_size(state.first.size(), state_.first.size(), "adamw", "the number of first moments", cause);
  require_size(state.second.size(), state_.second.size(), "adamw", "the number of second moments", cause);
  state_ = std::move(state);
}

template <class T>
double sum_of_squares(ThreadPool& pool, std::span<const T> gradient) {
  std::array<double, 64> parts;  // a fixed number of them, so that they need no allocation
  pool.run(parts.size(), [&](std::size_t i, std::size_t) {
    const Range range = part_of(gradient.size(), parts.size(), i);
    parts[i] = kernels::best<T>().sum_of_squares(gradient.data() + range.begin, range.end - range.begin);
  });
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

double clip_scale(double sum_of_squares, double longest) {
  const double norm = std::sqrt(sum_of_squares);
  return norm > longest ? longest / norm : 1.0;
}

template class AdamW<float>;
template class AdamW<double>;
template double sum_of_squares(ThreadPool&, std::span<const float>);
template double sum_of_squares(ThreadPool&, std::span<const double>);

}  // namespace infodiet::engine
