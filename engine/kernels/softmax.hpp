// Softmax of rows, whole or tile by tile, and the losses that end in one.
#pragma once

#include <limits>

#include "engine/kernels/elementwise.hpp"

namespace infodiet::engine::kernels {

template <class Arch, class T>
struct Softmax : Elementwise<Arch, T> {
  using Base = Elementwise<Arch, T>;
  using Base::exp, Base::load, Base::load_tail, Base::map, Base::maximum, Base::multiply, Base::store_tail, Base::sum,
      Base::width;
  using typename Base::Batch;

  static constexpr T minus_infinity = -std::numeric_limits<T>::infinity();

  static T largest_of(const T* x, std::size_t n, T scale, T at_least) {
    Batch largest(at_least);
    std::size_t i = 0;
    for (; i + width <= n; i += width) largest = xsimd::max(largest, load(x + i) * scale);
    // Padding repeats the first value of the tail: scaling a sentinel could overflow.
    if (i < n) largest = xsimd::max(largest, load_tail(x + i, n - i, x[i]) * scale);
    return maximum(largest);
  }

  // x becomes exp(scale x - shift); returns the sum.
  static T exponentiate(T* x, std::size_t n, T scale, T shift) {
    Batch total(T{0});
    std::size_t i = 0;
    for (; i + width <= n; i += width) {
      const Batch e = exp(load(x + i) * scale - shift);
      e.store_unaligned(x + i);
      total += e;
    }
    if (i < n) {
      const Batch e = exp(load_tail(x + i, n - i, x[i]) * scale - shift);
      store_tail(e, x + i, n - i);
      total += Tail<Arch, T>::first(e, n - i);
    }
    return sum(total);
  }

  static T logarithm(T x) { return xsimd::log(Batch(x)).get(0); }

  static T softmax_tile(T* x, std::size_t n, T* largest, T* total) {
    const T before = *largest;
    const T now = largest_of(x, n, T{1}, before);
    if (now == minus_infinity) {  // nothing to attend to so far
      for (std::size_t i = 0; i < n; ++i) x[i] = T{0};
      return T{1};
    }
    const T rescale = before == now ? T{1} : exp(Batch(before - now)).get(0);
    *largest = now;
    *total = *total * rescale + exponentiate(x, n, T{1}, now);
    return rescale;
  }

  static void softmax_from_log_sum(T* x, std::size_t n, T log_sum) {
    map(x, x, n, [=](const Batch& s) { return exp(s - log_sum); });
  }

  static void softmax_backward(const T* p, T* dp, std::size_t n, T inner) {
    map(p, dp, dp, n, [=](const Batch& ps, const Batch& dps) { return ps * (dps - inner); });
  }

  static T cross_entropy(T* logits, std::size_t n, std::size_t target, T weight) {
    const T target_logit = logits[target];
    const T shift = largest_of(logits, n, T{1}, std::numeric_limits<T>::lowest());
    const T total = exponentiate(logits, n, T{1}, shift);
    multiply(logits, weight / total, n);
    logits[target] -= weight;
    return shift + logarithm(total) - target_logit;
  }

  static T logistic_loss(T* logits, std::size_t n, T sign, T weight) {
    Batch total(T{0});
    const auto step = [&](const Batch& x) {
      // -log sigmoid(s) = max(-s, 0) + log(1 + exp(-|s|)), s = sign x
      const Batch s = sign * x;
      total += xsimd::max(-s, Batch(T{0})) + xsimd::log1p(exp(-xsimd::abs(s)));
      return -sign * weight * Base::sigmoid(-s);
    };
    std::size_t i = 0;
    for (; i + width <= n; i += width) step(load(logits + i)).store_unaligned(logits + i);
    T loss = sum(total);
    for (; i < n; ++i) {
      total = Batch(T{0});
      store_tail(step(Batch(logits[i])), logits + i, 1);
      loss += total.get(0);
    }
    return loss;
  }
};

}  // namespace infodiet::engine::kernels
