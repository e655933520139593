// Eight elements of dropout from one half of eight words.
#pragma once

#include <immintrin.h>

#include "engine/kernels/dropout.hpp"
#include "engine/kernels/instruction_sets.hpp"

namespace infodiet::engine::kernels {

template <>
struct DropoutLanes<Avx2, float> {
  using Batch = xsimd::batch<float, Avx2>;
  static constexpr std::size_t width = Batch::size;

  static std::uint32_t draw(const std::uint32_t* words, std::size_t first, std::uint32_t threshold) {
    const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
    const __m256i draws =
        first < width ? _mm256_and_si256(bits, _mm256_set1_epi32(0xFFFF)) : _mm256_srli_epi32(bits, 16);
    const __m256i dropped = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(threshold)), draws);
    return 0xFFU & ~static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(dropped)));
  }

  static Batch kept(std::uint32_t bits, const Batch& values) {
    const __m256i lanes = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i on = _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(static_cast<int>(bits)), lanes), lanes);
    return _mm256_and_ps(values, _mm256_castsi256_ps(on));
  }
};

}  // namespace infodiet::engine::kernels
