// Ends of rows with AVX-512's masks.
#pragma once

#include <immintrin.h>

#include "engine/kernels/instruction_sets.hpp"
#include "engine/kernels/lanes.hpp"

namespace infodiet::engine::kernels {

template <>
struct Tail<Avx512, float> {
  using Batch = xsimd::batch<float, Avx512>;

  static __mmask16 mask(std::size_t n) { return static_cast<__mmask16>((1U << n) - 1); }
  static Batch load(const float* p, std::size_t n, float fill) {
    return _mm512_mask_loadu_ps(_mm512_set1_ps(fill), mask(n), p);
  }
  static void store(const Batch& values, float* p, std::size_t n) { _mm512_mask_storeu_ps(p, mask(n), values); }
  static Batch first(const Batch& values, std::size_t n) { return _mm512_maskz_mov_ps(mask(n), values); }
};

template <>
struct Tail<Avx512, double> {
  using Batch = xsimd::batch<double, Avx512>;

  static __mmask8 mask(std::size_t n) { return static_cast<__mmask8>((1U << n) - 1); }
  static Batch load(const double* p, std::size_t n, double fill) {
    return _mm512_mask_loadu_pd(_mm512_set1_pd(fill), mask(n), p);
  }
  static void store(const Batch& values, double* p, std::size_t n) { _mm512_mask_storeu_pd(p, mask(n), values); }
  static Batch first(const Batch& values, std::size_t n) { return _mm512_maskz_mov_pd(mask(n), values); }
};

template <>
struct Largest<Avx512, float> {
  static float of(const xsimd::batch<float, Avx512>& values) { return _mm512_reduce_max_ps(values); }
};

template <>
struct Largest<Avx512, double> {
  static double of(const xsimd::batch<double, Avx512>& values) { return _mm512_reduce_max_pd(values); }
};

}  // namespace infodiet::engine::kernels
