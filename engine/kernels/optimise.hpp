// Optimiser steps over blocks of parameters.
#pragma once

#include "engine/kernels/kernels.hpp"
#include "engine/kernels/lanes.hpp"

namespace infodiet::engine::kernels {

template <class Arch, class T>
struct Optimise : Lanes<Arch, T> {
  using Base = Lanes<Arch, T>;
  using Base::load_part, Base::part, Base::store_part, Base::width;
  using typename Base::Batch;

  // One Adam step of a batch of parameters, its constants rounded once.
  struct Adam {
    explicit Adam(const AdamStep& step)
        : beta1(static_cast<T>(step.beta1)),
          beta2(static_cast<T>(step.beta2)),
          one_minus_beta1(static_cast<T>(1 - step.beta1)),
          one_minus_beta2(static_cast<T>(1 - step.beta2)),
          shrink(static_cast<T>(1 - step.learning_rate * step.weight_decay)),
          rate(static_cast<T>(step.learning_rate / step.correction1)),
          inverse_correction2(static_cast<T>(1 / step.correction2)),
          epsilon(static_cast<T>(step.epsilon)),
          gradient_scale(static_cast<T>(step.gradient_scale)) {}

    Batch update(const Batch& p, const Batch& raw, Batch& m, Batch& v) const {
      const Batch g = raw * gradient_scale;
      m = beta1 * m + one_minus_beta1 * g;
      v = beta2 * v + one_minus_beta2 * (g * g);
      return shrink * p - rate * m / (xsimd::sqrt(v * inverse_correction2) + epsilon);
    }

    T beta1, beta2, one_minus_beta1, one_minus_beta2, shrink, rate, inverse_correction2, epsilon, gradient_scale;
  };

  static void adam(const AdamStep& step, T* parameters, const T* gradient, T* first, T* second, std::size_t n) {
    const Adam rule(step);
    for (std::size_t i = 0; i < n; i += width) {
      const std::size_t count = part(n - i);
      Batch m = load_part(first + i, count);
      Batch v = load_part(second + i, count);
      store_part(rule.update(load_part(parameters + i, count), load_part(gradient + i, count), m, v), parameters + i,
                 count);
      store_part(m, first + i, count);
      store_part(v, second + i, count);
    }
  }
};

}  // namespace infodiet::engine::kernels
