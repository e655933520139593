#include "engine/optim/adamw.hpp"

#include <cmath>

#include "engine/optim/chunks.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

kernels::AdamStep adam_step(const AdamOptions& options, std::uint64_t t, double rate, double gradient_scale) {
  const bool decoupled = options.decay == WeightDecay::decoupled;
  return {.rate = rate,
          .beta1 = options.beta1,
          .beta2 = options.beta2,
          .epsilon = options.epsilon,
          .decoupled_decay = decoupled ? options.weight_decay : 0,
          .coupled_decay = decoupled ? 0 : options.weight_decay,
          .correction1 = 1 - std::pow(options.beta1, static_cast<double>(t)),
          .correction2 = 1 - std::pow(options.beta2, static_cast<double>(t)),
          .gradient_scale = gradient_scale};
}

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
  const kernels::AdamStep step = adam_step(options_, ++state_.steps, rate, gradient_scale);
  for_each_chunk(pool, parameters.size(), [&](const Range& range) {
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

template class AdamW<float>;
template class AdamW<double>;

}  // namespace infodiet::engine
