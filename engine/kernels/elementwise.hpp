// Sums, products and activations of rows.
#pragma once

#include "engine/kernels/lanes.hpp"

namespace infodiet::engine::kernels {

template <class Arch, class T>
struct Elementwise : Lanes<Arch, T> {
  using Base = Lanes<Arch, T>;
  using Base::exp, Base::load, Base::load_part, Base::load_tail, Base::map, Base::part, Base::sigmoid, Base::store_part,
      Base::sum, Base::width;
  using typename Base::Batch;

  static void add(T* y, const T* x, std::size_t n) {
    map(y, x, y, n, [](const Batch& a, const Batch& b) { return a + b; });
  }

  static void add_scaled(T* y, T a, const T* x, std::size_t n) {
    map(y, x, y, n, [a](const Batch& ys, const Batch& xs) { return xsimd::fma(Batch(a), xs, ys); });
  }

  static void product(const T* x, const T* y, T* z, std::size_t n) {
    map(x, y, z, n, [](const Batch& a, const Batch& b) { return a * b; });
  }

  static void multiply(T* y, T a, std::size_t n) {
    map(y, y, n, [a](const Batch& ys) { return ys * a; });
  }

  static void add_row(T* y, std::size_t rows, std::size_t cols, const T* bias) {
    for (std::size_t r = 0; r < rows; ++r) add(y + r * cols, bias, cols);
  }

  static void add_column_sums(const T* x, std::size_t rows, std::size_t cols, T* sums) {
    for (std::size_t r = 0; r < rows; ++r) add(sums, x + r * cols, cols);
  }

  static T dot(const T* x, const T* y, std::size_t n) {
    Batch total(T{0});
    std::size_t i = 0;
    for (; i + width <= n; i += width) total = xsimd::fma(load(x + i), load(y + i), total);
    if (i < n) total = xsimd::fma(load_tail(x + i, n - i, T{0}), load_tail(y + i, n - i, T{0}), total);
    return sum(total);
  }

  static void row_dots(const T* x, std::size_t rows, std::size_t cols, const T* y, T* dots) {
    for (std::size_t r = 0; r < rows; ++r) dots[r] = dot(x + r * cols, y, cols);
  }

  static std::size_t next_above(const T* x, std::size_t n, std::size_t from, T least) {
    std::size_t i = from;
    while (i + width <= n && !xsimd::any(load(x + i) > Batch(least))) i += width;
    while (i < n && !(x[i] > least)) ++i;
    return i;
  }

  static double sum_of_squares(const T* x, std::size_t n) {
    // Blocks keep the float partial sums short; their total is kept in double.
    constexpr std::size_t block = 1024;
    double total = 0;
    for (std::size_t begin = 0; begin < n; begin += block) {
      const std::size_t count = n - begin < block ? n - begin : block;
      total += static_cast<double>(dot(x + begin, x + begin, count));
    }
    return total;
  }

  static Batch normal_cdf(const Batch& x) { return (xsimd::erf(x * T(0.70710678118654752440)) + T{1}) * T(0.5); }

  static void gelu(const T* x, T* y, std::size_t n) {
    map(x, y, n, [](const Batch& v) { return v * normal_cdf(v); });
  }

  static void gelu_backward(const T* x, const T* dy, T* dx, std::size_t n) {
    map(x, dy, dx, n, [](const Batch& v, const Batch& d) {
      const Batch density = exp(v * v * T(-0.5)) * T(0.39894228040143267794);
      return d * xsimd::fma(v, density, normal_cdf(v));
    });
  }

  static void relu(const T* x, T* y, std::size_t n) {
    map(x, y, n, [](const Batch& v) { return xsimd::max(v, Batch(T{0})); });
  }

  static void relu_backward(const T* x, const T* dy, T* dx, std::size_t n) {
    map(x, dy, dx, n, [](const Batch& v, const Batch& d) { return xsimd::select(v > Batch(T{0}), d, Batch(T{0})); });
  }

  static Batch silu_slope(const Batch& x) {
    const Batch s = sigmoid(x);
    return s * xsimd::fma(x, T{1} - s, Batch(T{1}));
  }

  static void silu(const T* x, T scale, T* y, std::size_t n) {
    map(x, y, n, [scale](const Batch& v) { return scale * v * sigmoid(v); });
  }

  static void silu_backward(const T* x, const T* dy, T scale, T* dx, std::size_t n) {
    map(x, dy, dx, n, [scale](const Batch& v, const Batch& d) { return scale * d * silu_slope(v); });
  }

  static void swiglu(const T* x, std::size_t rows, std::size_t cols, T* y) {
    for (std::size_t r = 0; r < rows; ++r) {
      const T* in = x + r * 2 * cols;
      map(in, in + cols, y + r * cols, cols, [](const Batch& a, const Batch& b) { return a * sigmoid(a) * b; });
    }
  }

  static void swiglu_backward(const T* x, const T* dy, std::size_t rows, std::size_t cols, T* dx) {
    for (std::size_t r = 0; r < rows; ++r) {
      const T* in = x + r * 2 * cols;
      const T* out_gradient = dy + r * cols;
      T* in_gradient = dx + r * 2 * cols;
      // forward: y = silu(a) b
      map(in, in + cols, out_gradient, in_gradient, cols,
          [](const Batch& a, const Batch& b, const Batch& d) { return d * b * silu_slope(a); });
      map(in, out_gradient, in_gradient + cols, cols,
          [](const Batch& a, const Batch& d) { return d * a * sigmoid(a); });
    }
  }

  static void add_gated(T* y, const T* gate, const T* x, std::size_t n) {
    map(y, gate, x, y, n,
        [](const Batch& ys, const Batch& g, const Batch& xs) { return xsimd::fma(sigmoid(g), xs, ys); });
  }

  static void add_gated_backward(const T* gate, const T* x, const T* dy, T* dx, T* dgate, std::size_t n) {
    map(gate, x, dy, dgate, n, [](const Batch& g, const Batch& xs, const Batch& d) {
      const Batch s = sigmoid(g);
      return d * xs * s * (T{1} - s);
    });
    map(gate, dy, dx, n, [](const Batch& g, const Batch& d) { return d * sigmoid(g); });
  }

  static void gru_token(T* gates, const T* recalled, const T* before, T* h, std::size_t n) {
    for (std::size_t i = 0; i < n; i += width) {
      const std::size_t count = part(n - i);
      const auto gate = [&](std::size_t g) { return load_part(gates + g * n + i, count); };
      const auto from_h = [&](std::size_t g) { return load_part(recalled + g * n + i, count); };
      const Batch z = sigmoid(gate(0) + from_h(0));
      const Batch r = sigmoid(gate(1) + from_h(1));
      const Batch c = xsimd::tanh(xsimd::fma(r, from_h(2), gate(2)));
      store_part(z, gates + i, count);
      store_part(r, gates + n + i, count);
      store_part(c, gates + 2 * n + i, count);
      store_part(xsimd::fma(z, load_part(before + i, count) - c, c), h + i, count);
    }
  }
};

}  // namespace infodiet::engine::kernels
