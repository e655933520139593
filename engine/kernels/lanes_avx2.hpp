// Ends of rows with AVX2's masked loads. Stores go in halves, because masked ones are slow on some processors.
#pragma once

#include <immintrin.h>

#include "engine/kernels/instruction_sets.hpp"
#include "engine/kernels/lanes.hpp"

namespace infodiet::engine::kernels {

// Lanes n and up of a mask that begins at [8 - n] (floats) are off.
alignas(64) inline constexpr std::int32_t float_lanes_on[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
alignas(64) inline constexpr std::int64_t double_lanes_on[8] = {-1, -1, -1, -1, 0, 0, 0, 0};

template <>
struct Tail<Avx2, float> {
  using Batch = xsimd::batch<float, Avx2>;

  static __m256i mask(std::size_t n) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(float_lanes_on + 8 - n));
  }
  static Batch load(const float* p, std::size_t n, float fill) {
    const __m256i on = mask(n);
    return _mm256_blendv_ps(_mm256_set1_ps(fill), _mm256_maskload_ps(p, on), _mm256_castsi256_ps(on));
  }
  static void store(const Batch& values, float* p, std::size_t n) {
    __m128 rest = _mm256_castps256_ps128(values);
    if ((n & 4) != 0) {
      _mm_storeu_ps(p, rest);
      rest = _mm256_extractf128_ps(values, 1);
      p += 4;
    }
    if ((n & 2) != 0) {
      _mm_storel_pi(reinterpret_cast<__m64*>(p), rest);
      rest = _mm_movehl_ps(rest, rest);
      p += 2;
    }
    if ((n & 1) != 0) _mm_store_ss(p, rest);
  }
  static Batch first(const Batch& values, std::size_t n) { return _mm256_and_ps(values, _mm256_castsi256_ps(mask(n))); }
};

template <>
struct Tail<Avx2, double> {
  using Batch = xsimd::batch<double, Avx2>;

  static __m256i mask(std::size_t n) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(double_lanes_on + 4 - n));
  }
  static Batch load(const double* p, std::size_t n, double fill) {
    const __m256i on = mask(n);
    return _mm256_blendv_pd(_mm256_set1_pd(fill), _mm256_maskload_pd(p, on), _mm256_castsi256_pd(on));
  }
  static void store(const Batch& values, double* p, std::size_t n) {
    __m128d rest = _mm256_castpd256_pd128(values);
    if ((n & 2) != 0) {
      _mm_storeu_pd(p, rest);
      rest = _mm256_extractf128_pd(values, 1);
      p += 2;
    }
    if ((n & 1) != 0) _mm_store_sd(p, rest);
  }
  static Batch first(const Batch& values, std::size_t n) { return _mm256_and_pd(values, _mm256_castsi256_pd(mask(n))); }
};

template <>
struct Largest<Avx2, float> {
  static float of(const xsimd::batch<float, Avx2>& values) {
    __m128 most = _mm_max_ps(_mm256_castps256_ps128(values), _mm256_extractf128_ps(values, 1));
    most = _mm_max_ps(most, _mm_movehl_ps(most, most));
    return _mm_cvtss_f32(_mm_max_ss(most, _mm_movehdup_ps(most)));
  }
};

}  // namespace infodiet::engine::kernels
