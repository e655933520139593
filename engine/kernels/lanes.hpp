// Loading and storing, including partial vectors, for the kernels of one instruction set and element type. The files of
// this folder include no xtensor and no containers: an inline function compiled here with wider instructions must never
// be the copy that the linker keeps for the rest of the program.
#pragma once

#include <cstddef>
#include <xsimd/xsimd.hpp>

namespace infodiet::engine::kernels {

// The last n < width elements of a row go through the same vector code as the others, padded with `fill`, so that a
// value does not depend on its position in the row. lanes_avx2.hpp and lanes_avx512.hpp specialise it.
template <class Arch, class T>
struct Tail {
  using Batch = xsimd::batch<T, Arch>;
  static constexpr std::size_t width = Batch::size;

  static Batch load(const T* p, std::size_t n, T fill) {
    T padded[width];
    for (std::size_t i = 0; i < width; ++i) padded[i] = i < n ? p[i] : fill;
    return Batch::load_unaligned(padded);
  }
  static void store(const Batch& values, T* p, std::size_t n) {
    T padded[width];
    values.store_unaligned(padded);
    for (std::size_t i = 0; i < n; ++i) p[i] = padded[i];
  }
  /// The first n lanes, others 0.
  static Batch first(const Batch& values, std::size_t n) {
    T lanes[width];
    values.store_unaligned(lanes);
    return load(lanes, n, T{0});
  }
};

// Likewise specialised.
template <class Arch, class T>
struct Largest {
  using Batch = xsimd::batch<T, Arch>;

  static T of(const Batch& values) {
    T lanes[Batch::size];
    values.store_unaligned(lanes);
    T largest = lanes[0];
    for (std::size_t i = 1; i < Batch::size; ++i) largest = lanes[i] > largest ? lanes[i] : largest;
    return largest;
  }
};

template <class Arch, class T>
struct Lanes {
  using Batch = xsimd::batch<T, Arch>;
  static constexpr std::size_t width = Batch::size;

  static Batch load(const T* p) { return Batch::load_unaligned(p); }

  static Batch load_tail(const T* p, std::size_t n, T fill) { return Tail<Arch, T>::load(p, n, fill); }
  static void store_tail(const Batch& values, T* p, std::size_t n) { Tail<Arch, T>::store(values, p, n); }
  // The next elements of a row of which n are left.
  static std::size_t part(std::size_t n) { return n < width ? n : width; }
  static Batch load_part(const T* p, std::size_t n) { return n == width ? load(p) : load_tail(p, n, T{0}); }
  static void store_part(const Batch& values, T* p, std::size_t n) {
    if (n == width) {
      values.store_unaligned(p);
    } else {
      store_tail(values, p, n);
    }
  }
  static T sum(const Batch& values) { return xsimd::hadd(values); }
  static T maximum(const Batch& values) { return Largest<Arch, T>::of(values); }

  // y[i] = f(x[i]) for one, two or three inputs; y may be any of them.
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
  template <class F>
  static void map(const T* a, const T* b, const T* c, T* y, std::size_t n, F f) {
    for (std::size_t i = 0; i < n; i += width) {
      const std::size_t count = part(n - i);
      store_part(f(load_part(a + i, count), load_part(b + i, count), load_part(c + i, count)), y + i, count);
    }
  }

  // For doubles xsimd converts x / log 2 to integers one by one, which is undefined for values that do not fit, such as
  // masked scores. Beyond 1000 the result is the same as at 1000. NaN stays NaN.
  static Batch exp(const Batch& x) {
    if constexpr (sizeof(T) == sizeof(double)) {
      return xsimd::exp(xsimd::max(Batch(T{-1000}), xsimd::min(Batch(T{1000}), x)));
    } else {
      return xsimd::exp(x);
    }
  }

  static Batch sigmoid(const Batch& x) { return T{1} / (T{1} + exp(-x)); }
};

}  // namespace infodiet::engine::kernels
