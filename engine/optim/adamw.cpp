#include "engine/optim/adamw.hpp"

#include <algorithm>
#include <cmath>

#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
AdamW<T>::AdamW(std::size_t parameters, const Options& options) : options_(options) {
  state_.first.assign(parameters, T{0});
  state_.second.assign(parameters, T{0});
}

template <class T>
void AdamW<T>::update(ThreadPool& pool, std::span<T> parameters, std::span<const T> gradient, double learning_rate,
                      double gradient_scale) {
  constexpr auto cause = "is the optimiser another model's?";
  require_size(parameters.size(), state_.first.size(), "adamw", "the number of parameters", cause);
  require_size(gradient.size(), state_.first.size(), "adamw", "the number of gradients", cause);
  const auto t = static_cast<double>(++state_.steps);
  const kernels::AdamStep step{.learning_rate = learning_rate,
                               .beta1 = options_.beta1,
                               .beta2 = options_.beta2,
                               .epsilon = options_.epsilon,
                               .weight_decay = options_.weight_decay,
                               .correction1 = 1 - std::pow(options_.beta1, t),
                               .correction2 = 1 - std::pow(options_.beta2, t),
                               .gradient_scale = gradient_scale};
  constexpr std::size_t chunk = std::size_t{1} << 15;
  pool.run((parameters.size() + chunk - 1) / chunk, [&](std::size_t i, std::size_t) {
    const std::size_t begin = i * chunk;
    kernels::best<T>().adam(step, parameters.data() + begin, gradient.data() + begin, state_.first.data() + begin,
                            state_.second.data() + begin, std::min(chunk, parameters.size() - begin));
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
