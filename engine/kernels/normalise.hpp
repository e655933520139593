// Normalisation of rows.
#pragma once

#include "engine/kernels/elementwise.hpp"
#include "engine/kernels/kernels.hpp"

namespace infodiet::engine::kernels {

template <class Arch, class T>
struct Normalise : Elementwise<Arch, T> {
  using Base = Elementwise<Arch, T>;
  using Base::dot, Base::load, Base::load_tail, Base::map, Base::multiply, Base::store_tail, Base::sum, Base::width;
  using typename Base::Batch;

  // One number's root in one instruction; a vector's is several times slower.
  static T root(T x) {
    return static_cast<T>(sizeof(T) == 4 ? __builtin_sqrtf(static_cast<float>(x)) : __builtin_sqrt(x));
  }

  static void layer_norm(Rows<const T> x, Affine<const T> affine, T epsilon, T* y, Moments<T> moments) {
    const std::size_t cols = x.cols;
    const T* gain = affine.gain;
    const T* bias = affine.bias;
    const T count = static_cast<T>(cols);
    for (std::size_t r = 0; r < x.rows; ++r) {
      const T* in = x.data + r * cols;
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
      const T scale = T{1} / root(sum(squares) / count + epsilon);
      moments.mean[r] = row_mean;
      moments.inverse_deviation[r] = scale;
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

  static void layer_norm_backward(Rows<const T> x, const T* dy, const T* gain, Moments<const T> moments, T* dx,
                                  Affine<T> daffine) {
    const std::size_t cols = x.cols;
    T* dgain = daffine.gain;
    T* dbias = daffine.bias;
    const T count = static_cast<T>(cols);
    for (std::size_t r = 0; r < x.rows; ++r) {
      const T* in = x.data + r * cols;
      const T* out_gradient = dy + r * cols;
      T* in_gradient = dx + r * cols;
      const T mean = moments.mean[r];
      const T scale = moments.inverse_deviation[r];
      // forward: n = (x - mean) scale; y = gain n + bias
      // dx = scale (g - mean(g) - n mean(g n)) with g = gain dy
      Batch g_total(T{0});
      Batch gn_total(T{0});
      const auto first_pass = [&](std::size_t i, const Batch& xs, const Batch& dys, const Batch& gains, std::size_t n) {
        const Batch normal = (xs - mean) * scale;
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
        first_pass(i, load_tail(in + i, left, mean), load_tail(out_gradient + i, left, T{0}),
                   load_tail(gain + i, left, T{0}), left);
      }
      const T g_mean = sum(g_total) / count;
      const T gn_mean = sum(gn_total) / count;
      const auto second_pass = [&](const Batch& xs, const Batch& dys, const Batch& gains) {
        const Batch normal = (xs - mean) * scale;
        return (gains * dys - g_mean - normal * gn_mean) * scale;
      };
      for (i = 0; i + width <= cols; i += width) {
        second_pass(load(in + i), load(out_gradient + i), load(gain + i)).store_unaligned(in_gradient + i);
      }
      if (left > 0) {
        store_tail(second_pass(load_tail(in + i, left, mean), load_tail(out_gradient + i, left, T{0}),
                               load_tail(gain + i, left, T{0})),
                   in_gradient + i, left);
      }
    }
  }

  static void l2_normalise(Rows<const T> x, T scale, T* y, T* inverse_norms) {
    // Below this the direction of a vector is rounding; its square must still be a normal number.
    constexpr T smallest = sizeof(T) == 4 ? T(1e-12) : T(1e-30);
    for (std::size_t r = 0; r < x.rows; ++r) {
      const T* in = x.data + r * x.cols;
      const T norm = root(dot(in, in, x.cols));
      const T factor = scale / (norm > smallest ? norm : smallest);
      inverse_norms[r] = norm > smallest ? T{1} / norm : T{0};
      map(in, y + r * x.cols, x.cols, [factor](const Batch& v) { return v * factor; });
    }
  }

  static void l2_normalise_backward(Rows<const T> y, const T* dy, T scale, const T* inverse_norms, T* dx) {
    const std::size_t cols = y.cols;
    for (std::size_t r = 0; r < y.rows; ++r) {
      const T* out = y.data + r * cols;
      const T* out_gradient = dy + r * cols;
      // forward: y = scale x / |x|; dx = (scale / |x|) (dy - n (n . dy)) with n = y / scale
      const T along = dot(out, out_gradient, cols) / (scale * scale);
      const T factor = scale * inverse_norms[r];
      map(out, out_gradient, dx + r * cols, cols,
          [=](const Batch& ys, const Batch& dys) { return (dys - ys * along) * factor; });
    }
  }
};

}  // namespace infodiet::engine::kernels
