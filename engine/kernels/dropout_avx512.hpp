// Sixteen elements of dropout from both halves of eight words.
#pragma once

#include <immintrin.h>

#include "engine/kernels/dropout.hpp"
#include "engine/kernels/instruction_sets.hpp"

namespace infodiet::engine::kernels {

template <>
struct DropoutLanes<Avx512, float> {
  using Batch = xsimd::batch<float, Avx512>;
  static constexpr std::size_t width = Batch::size;

  static std::uint32_t draw(const std::uint32_t* words, std::size_t, std::uint32_t threshold) {
    const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
    const __m512i low_halves = _mm512_zextsi256_si512(_mm256_and_si256(bits, _mm256_set1_epi32(0xFFFF)));
    const __m512i draws = _mm512_inserti64x4(low_halves, _mm256_srli_epi32(bits, 16), 1);
    return _mm512_cmpge_epu32_mask(draws, _mm512_set1_epi32(static_cast<int>(threshold)));
  }

  static Batch kept(std::uint32_t bits, const Batch& values) {
    return _mm512_maskz_mov_ps(static_cast<__mmask16>(bits), values);
  }
};

}  // namespace infodiet::engine::kernels
