// The kernels of kernels.hpp, written once over xsimd batches and compiled in one file for each instruction set.
// Includes no xtensor and no containers: an inline function compiled here with wider instructions than the rest of the
// program may use must never be the copy the linker keeps for it.
#pragma once

#include <limits>
#include <xsimd/xsimd.hpp>

#include "engine/kernels/kernels.hpp"

namespace infodiet::engine::kernels {

template <class Arch, class T>
struct Implementation {
  using Batch = xsimd::batch<T, Arch>;
  static constexpr std::size_t width = Batch::size;

  static Batch load(const T* p) { return Batch::load_unaligned(p); }

  // The last n < width elements of a row go through the same vector code as the others, padded with `fill`, so that a
  // value does not depend on where in the row it stands.
  static Batch load_tail(const T* p, std::size_t n, T fill) {
    T padded[width];
    for (std::size_t i = 0; i < width; ++i) padded[i] = i < n ? p[i] : fill;
    return Batch::load_unaligned(padded);
  }
  static void store_tail(const Batch& values, T* p, std::size_t n) {
    T padded[width];
    values.store_unaligned(padded);
    for (std::size_t i = 0; i < n; ++i) p[i] = padded[i];
  }
  static T sum(const Batch& values) { return xsimd::hadd(values); }
  static T maximum(const Batch& values) {
    T lanes[width];
    values.store_unaligned(lanes);
    T largest = lanes[0];
    for (std::size_t i = 1; i < width; ++i) largest = lanes[i] > largest ? lanes[i] : largest;
    return largest;
  }

  // y[i] = f(x[i]) for one or two inputs.
  template <class F>
  static void map(const T* x, T* y, std::size_t n, F f) {
    std::size_t i = 0;
    for (; i + width <= n; i += width) f(load(x + i)).store_unaligned(y + i);
    if (i < n) store_tail(f(load_tail(x + i, n - i, T{0})), y + i, n - i);
  }
  template <class F>
  static void map(const T* a, const T* b, T* y, std::size_t n, F f) {
    std::size_t i = 0;
    for (; i + width <= n; i += width) f(load(a + i), load(b + i)).store_unaligned(y + i);
    if (i < n) store_tail(f(load_tail(a + i, n - i, T{0}), load_tail(b + i, n - i, T{0})), y + i, n - i);
  }

  static void add(T* y, const T* x, std::size_t n) {
    map(y, x, y, n, [](const Batch& a, const Batch& b) { return a + b; });
  }

  static void add_row(T* y, std::size_t rows, std::size_t cols, const T* bias) {
    for (std::size_t r = 0; r < rows; ++r) add(y + r * cols, bias, cols);
  }

  static void add_column_sums(const T* x, std::size_t rows, std::size_t cols, T* sums) {
    for (std::size_t r = 0; r < rows; ++r) add(sums, x + r * cols, cols);
  }

  static double sum_of_squares(const T* x, std::size_t n) {
    // Blocks keep the float partial sums short; their total is kept in double.
    constexpr std::size_t block = 1024;
    double total = 0;
    for (std::size_t begin = 0; begin < n; begin += block) {
      const std::size_t end = begin + block < n ? begin + block : n;
      Batch partial(T{0});
      std::size_t i = begin;
      for (; i + width <= end; i += width) {
        const Batch values = load(x + i);
        partial = xsimd::fma(values, values, partial);
      }
      if (i < end) {
        const Batch values = load_tail(x + i, end - i, T{0});
        partial = xsimd::fma(values, values, partial);
      }
      total += static_cast<double>(sum(partial));
    }
    return total;
  }

  static void layer_norm(const T* x, std::size_t rows, std::size_t cols, const T* gain, const T* bias, T epsilon, T* y,
                         T* mean, T* inverse_deviation) {
    const T count = static_cast<T>(cols);
    for (std::size_t r = 0; r < rows; ++r) {
      const T* in = x + r * cols;
      T* out = y + r * cols;
      Batch total(T{0});
      std::size_t i = 0;
      for (; i + width <= cols; i += width) total += load(in + i);
      if (i < cols) total += load_tail(in + i, cols - i, T{0});
      const T row_mean = sum(total) / count;
      Batch squares(T{0});
      for (i = 0; i + width <= cols; i += width) {
        const Batch centred = load(in + i) - row_mean;
        squares = xsimd::fma(centred, centred, squares);
      }
      if (i < cols) {
        const Batch centred = load_tail(in + i, cols - i, row_mean) - row_mean;
        squares = xsimd::fma(centred, centred, squares);
      }
      const Batch variance(sum(squares) / count + epsilon);
      const T scale = (Batch(T{1}) / xsimd::sqrt(variance)).get(0);
      mean[r] = row_mean;
      inverse_deviation[r] = scale;
      for (i = 0; i + width <= cols; i += width) {
        xsimd::fma((load(in + i) - row_mean) * scale, load(gain + i), load(bias + i)).store_unaligned(out + i);
      }
      if (i < cols) {
        const std::size_t left = cols - i;
        const Batch normal = (load_tail(in + i, left, row_mean) - row_mean) * scale;
        store_tail(xsimd::fma(normal, load_tail(gain + i, left, T{0}), load_tail(bias + i, left, T{0})), out + i, left);
      }
    }
  }

  static void layer_norm_backward(const T* x, const T* dy, std::size_t rows, std::size_t cols, const T* gain,
                                  const T* mean, const T* inverse_deviation, T* dx, T* dgain, T* dbias) {
    const T count = static_cast<T>(cols);
    for (std::size_t r = 0; r < rows; ++r) {
      const T* in = x + r * cols;
      const T* out_gradient = dy + r * cols;
      T* in_gradient = dx + r * cols;
      const T scale = inverse_deviation[r];
      // forward: n = (x - mean) scale; y = gain n + bias
      // dx = scale (g - mean(g) - n mean(g n)) with g = gain dy
      Batch g_total(T{0});
      Batch gn_total(T{0});
      const auto first_pass = [&](std::size_t i, const Batch& xs, const Batch& dys, const Batch& gains, std::size_t n) {
        const Batch normal = (xs - mean[r]) * scale;
        const Batch g = gains * dys;
        g_total += g;
        gn_total = xsimd::fma(g, normal, gn_total);
        if (n == width) {
          (load(dbias + i) + dys).store_unaligned(dbias + i);
          xsimd::fma(dys, normal, load(dgain + i)).store_unaligned(dgain + i);
        } else {
          store_tail(load_tail(dbias + i, n, T{0}) + dys, dbias + i, n);
          store_tail(xsimd::fma(dys, normal, load_tail(dgain + i, n, T{0})), dgain + i, n);
        }
      };
      std::size_t i = 0;
      for (; i + width <= cols; i += width) {
        first_pass(i, load(in + i), load(out_gradient + i), load(gain + i), width);
      }
      const std::size_t left = cols - i;
      if (left > 0) {
        first_pass(i, load_tail(in + i, left, mean[r]), load_tail(out_gradient + i, left, T{0}),
                   load_tail(gain + i, left, T{0}), left);
      }
      const T g_mean = sum(g_total) / count;
      const T gn_mean = sum(gn_total) / count;
      const auto second_pass = [&](const Batch& xs, const Batch& dys, const Batch& gains) {
        const Batch normal = (xs - mean[r]) * scale;
        return (gains * dys - g_mean - normal * gn_mean) * scale;
      };
      for (i = 0; i + width <= cols; i += width) {
        second_pass(load(in + i), load(out_gradient + i), load(gain + i)).store_unaligned(in_gradient + i);
      }
      if (left > 0) {
        store_tail(second_pass(load_tail(in + i, left, mean[r]), load_tail(out_gradient + i, left, T{0}),
                               load_tail(gain + i, left, T{0})),
                   in_gradient + i, left);
      }
    }
  }

  static Batch normal_cdf(const Batch& x) { return (xsimd::erf(x * T(0.70710678118654752440)) + T{1}) * T(0.5); }

  static void gelu(const T* x, T* y, std::size_t n) {
    map(x, y, n, [](const Batch& v) { return v * normal_cdf(v); });
  }

  static void gelu_backward(const T* x, const T* dy, T* dx, std::size_t n) {
    map(x, dy, dx, n, [](const Batch& v, const Batch& d) {
      const Batch density = xsimd::exp(v * v * T(-0.5)) * T(0.39894228040143267794);
      return d * xsimd::fma(v, density, normal_cdf(v));
    });
  }

  // What normalises a row: x has become exp(scale x - shift), whose elements add up to `total`.
  struct Exponentials {
    T shift;
    T total;
    T log_sum() const { return shift + xsimd::log(Batch(total)).get(0); }
  };

  static Exponentials exponentiate(T* x, std::size_t n, T scale) {
    Batch largest(std::numeric_limits<T>::lowest());
    std::size_t i = 0;
    for (; i + width <= n; i += width) largest = xsimd::max(largest, load(x + i) * scale);
    if (i < n) {
      // Padding repeats the first value of the tail: scaling a sentinel could overflow.
      largest = xsimd::max(largest, load_tail(x + i, n - i, x[i]) * scale);
    }
    const T shift = maximum(largest);
    Batch total(T{0});
    for (i = 0; i + width <= n; i += width) {
      const Batch e = xsimd::exp(load(x + i) * scale - shift);
      e.store_unaligned(x + i);
      total += e;
    }
    T tail_total = 0;
    if (i < n) {
      store_tail(xsimd::exp(load_tail(x + i, n - i, x[i]) * scale - shift), x + i, n - i);
      for (std::size_t j = i; j < n; ++j) tail_total += x[j];
    }
    return {shift, sum(total) + tail_total};
  }

  static void multiply(T* x, std::size_t n, T factor) {
    map(x, x, n, [factor](const Batch& e) { return e * factor; });
  }

  static T softmax(T* x, std::size_t n, T scale) {
    if (n == 0) return -std::numeric_limits<T>::infinity();
    const Exponentials e = exponentiate(x, n, scale);
    multiply(x, n, T{1} / e.total);
    return e.log_sum();
  }

  static T cross_entropy(T* logits, std::size_t n, std::size_t target, T weight) {
    const T target_logit = logits[target];
    const Exponentials e = exponentiate(logits, n, T{1});
    multiply(logits, n, weight / e.total);
    logits[target] -= weight;
    return e.log_sum() - target_logit;
  }

  static void softmax_from_log_sum(T* x, std::size_t n, T scale, T log_sum) {
    map(x, x, n, [=](const Batch& s) { return xsimd::exp(s * scale - log_sum); });
  }

  static void softmax_backward(const T* p, T* dp, std::size_t n, T scale) {
    Batch products(T{0});
    std::size_t i = 0;
    for (; i + width <= n; i += width) products = xsimd::fma(load(p + i), load(dp + i), products);
    if (i < n) products = xsimd::fma(load_tail(p + i, n - i, T{0}), load_tail(dp + i, n - i, T{0}), products);
    const T inner = sum(products);
    map(p, dp, dp, n, [=](const Batch& ps, const Batch& dps) { return ps * (dps - inner) * scale; });
  }

  // Philox4x32-10 on several blocks at once, arrays of lanes so that the compiler turns each line into vector code.
  // The same function as engine/random.cpp's, which a test checks.
  static constexpr std::size_t lanes = 16;
  static void philox(std::uint32_t (&c)[4][lanes], std::uint32_t key0, std::uint32_t key1) {
    for (int round = 0; round < 10; ++round) {
      for (std::size_t i = 0; i < lanes; ++i) {
        const std::uint64_t product0 = std::uint64_t{0xD2511F53} * c[0][i];
        const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * c[2][i];
        c[0][i] = static_cast<std::uint32_t>(product1 >> 32) ^ c[1][i] ^ key0;
        c[1][i] = static_cast<std::uint32_t>(product1);
        c[2][i] = static_cast<std::uint32_t>(product0 >> 32) ^ c[3][i] ^ key1;
        c[3][i] = static_cast<std::uint32_t>(product0);
      }
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
  }

  static void dropout(const DropoutDraw& draw, std::uint32_t first_row, std::uint32_t row_step, const T* x, T* y,
                      std::size_t rows, std::size_t cols) {
    constexpr std::size_t draws_a_block = 8;  // each of the four words gives two 16-bit draws
    const T scale = static_cast<T>(draw.scale);
    constexpr std::uint32_t dropout_purpose = 2;
    for (std::size_t r = 0; r < rows; ++r) {
      const std::uint32_t row = first_row + static_cast<std::uint32_t>(r) * row_step;
      const T* in = x + r * cols;
      T* out = y + r * cols;
      for (std::size_t begin = 0; begin < cols; begin += lanes * draws_a_block) {
        std::uint32_t c[4][lanes];
        for (std::size_t i = 0; i < lanes; ++i) {
          c[0][i] = row;
          c[1][i] = (draw.site << 12) | static_cast<std::uint32_t>(begin / draws_a_block + i);
          c[2][i] = draw.step;
          c[3][i] = dropout_purpose;
        }
        philox(c, static_cast<std::uint32_t>(draw.seed), static_cast<std::uint32_t>(draw.seed >> 32));
        // Column begin + word * 2 lanes + half * lanes + lane takes that half of that word of that lane's block.
        for (std::size_t word = 0; word < 4; ++word) {
          for (std::size_t half = 0; half < 2; ++half) {
            const std::size_t at = begin + (word * 2 + half) * lanes;
            const std::size_t count = at >= cols ? 0 : (cols - at < lanes ? cols - at : lanes);
            for (std::size_t i = 0; i < count; ++i) {
              const std::uint32_t sixteen = half == 0 ? c[word][i] & 0xFFFFU : c[word][i] >> 16;
              out[at + i] = sixteen >= draw.threshold ? in[at + i] * scale : T{0};
            }
          }
        }
      }
    }
  }

  static void adamw(const AdamWStep& step, T* parameters, const T* gradient, T* first, T* second, std::size_t n) {
    const T beta1 = static_cast<T>(step.beta1);
    const T beta2 = static_cast<T>(step.beta2);
    const T one_minus_beta1 = static_cast<T>(1 - step.beta1);
    const T one_minus_beta2 = static_cast<T>(1 - step.beta2);
    const T shrink = static_cast<T>(1 - step.rate * step.weight_decay);
    const T rate = static_cast<T>(step.rate / step.correction1);
    const T inverse_correction2 = static_cast<T>(1 / step.correction2);
    const T epsilon = static_cast<T>(step.epsilon);
    const T gradient_scale = static_cast<T>(step.gradient_scale);
    const auto update = [&](const Batch& p, const Batch& raw, Batch& m, Batch& v) {
      const Batch g = raw * gradient_scale;
      m = beta1 * m + one_minus_beta1 * g;
      v = beta2 * v + one_minus_beta2 * (g * g);
      return shrink * p - rate * m / (xsimd::sqrt(v * inverse_correction2) + epsilon);
    };
    std::size_t i = 0;
    for (; i + width <= n; i += width) {
      Batch m = load(first + i);
      Batch v = load(second + i);
      update(load(parameters + i), load(gradient + i), m, v).store_unaligned(parameters + i);
      m.store_unaligned(first + i);
      v.store_unaligned(second + i);
    }
    if (i < n) {
      const std::size_t left = n - i;
      Batch m = load_tail(first + i, left, T{0});
      Batch v = load_tail(second + i, left, T{0});
      store_tail(update(load_tail(parameters + i, left, T{0}), load_tail(gradient + i, left, T{0}), m, v),
                 parameters + i, left);
      store_tail(m, first + i, left);
      store_tail(v, second + i, left);
    }
  }

  static constexpr Table<T> table{
      .add_row = add_row,
      .add_column_sums = add_column_sums,
      .add = add,
      .sum_of_squares = sum_of_squares,
      .layer_norm = layer_norm,
      .layer_norm_backward = layer_norm_backward,
      .gelu = gelu,
      .gelu_backward = gelu_backward,
      .softmax = softmax,
      .softmax_from_log_sum = softmax_from_log_sum,
      .softmax_backward = softmax_backward,
      .dropout = dropout,
      .cross_entropy = cross_entropy,
      .adamw = adamw,
  };
};

}  // namespace infodiet::engine::kernels
