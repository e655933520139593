// Dot products of small integers with AVX2: 32 products an instruction, exact because 2 * 127 * 127 fits 16 bits.
#pragma once

#include <immintrin.h>

#include <cstring>

#include "engine/kernels/instruction_sets.hpp"
#include "engine/kernels/int8.hpp"

namespace infodiet::engine::kernels {

template <WithAvx2 Arch>
struct Int8Dots<Arch> {
  static void block_dots(const std::int8_t* rows, std::size_t blocks, std::size_t quads, const std::int8_t* query,
                         std::int32_t* dots) {
    const __m256i ones = _mm256_set1_epi16(1);
    for (std::size_t b = 0; b < blocks; ++b) {
      __m256i totals = _mm256_setzero_si256();
      for (std::size_t j = 0; j < quads; ++j, rows += 4 * int8_block) {
        std::int32_t quad;
        std::memcpy(&quad, query + 4 * j, 4);
        const __m256i q = _mm256_set1_epi32(quad);
        const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows));
        // One factor must be unsigned: |q| sign(x, q) = q x.
        const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(q), _mm256_sign_epi8(x, q));
        totals = _mm256_add_epi32(totals, _mm256_madd_epi16(pairs, ones));
      }
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(dots + b * int8_block), totals);
    }
  }
};

}  // namespace infodiet::engine::kernels
