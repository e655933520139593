// Philox in AVX-512 registers: sixteen counters an instruction.
#pragma once

#include <immintrin.h>

#include "engine/kernels/instruction_sets.hpp"
#include "engine/kernels/philox.hpp"

namespace infodiet::engine::kernels {

template <>
struct Philox<Avx512> {
  static constexpr std::size_t lanes = 16;
  // Independent counters that hide the multiplications' latency; with four, GCC spills registers and is slower.
  static constexpr std::size_t together = 2;

  struct Product {
    __m512i low;
    __m512i high;
  };

  static Product multiply(__m512i x, __m512i multiplier) {
    constexpr __mmask16 odd = 0b1010101010101010;
    const __m512i even_products = _mm512_mul_epu32(x, multiplier);
    const __m512i odd_products = _mm512_mul_epu32(_mm512_srli_epi64(x, 32), multiplier);
    return {_mm512_mask_shuffle_epi32(even_products, odd, odd_products, _MM_PERM_CCAA),
            _mm512_mask_shuffle_epi32(odd_products, static_cast<__mmask16>(~odd), even_products, _MM_PERM_DDBB)};
  }

  template <std::size_t blocks>
  static void draw(PhiloxBlocks<blocks>& c, const PhiloxKey& first_key) {
    static_assert(blocks % (together * lanes) == 0);
    const __m512i multiplier0 = _mm512_set1_epi32(static_cast<int>(philox_multiplier0));
    const __m512i multiplier1 = _mm512_set1_epi32(static_cast<int>(philox_multiplier1));
    constexpr int xor_of_three = 0x96;
    for (std::size_t block = 0; block < blocks; block += together * lanes) {
      __m512i x[together][4];
      for (std::size_t t = 0; t < together; ++t) {
        for (std::size_t w = 0; w < 4; ++w) x[t][w] = _mm512_load_si512(c.word[w] + block + t * lanes);
      }
      PhiloxKey key = first_key;
      for (int round = 0; round < philox_rounds; ++round, key.advance()) {
        const __m512i low = _mm512_set1_epi32(static_cast<int>(key.low));
        const __m512i high = _mm512_set1_epi32(static_cast<int>(key.high));
        for (std::size_t t = 0; t < together; ++t) {
          const Product product0 = multiply(x[t][0], multiplier0);
          const Product product1 = multiply(x[t][2], multiplier1);
          x[t][0] = _mm512_ternarylogic_epi32(product1.high, x[t][1], low, xor_of_three);
          x[t][1] = product1.low;
          x[t][2] = _mm512_ternarylogic_epi32(product0.high, x[t][3], high, xor_of_three);
          x[t][3] = product0.low;
        }
      }
      for (std::size_t t = 0; t < together; ++t) {
        for (std::size_t w = 0; w < 4; ++w) _mm512_store_si512(c.word[w] + block + t * lanes, x[t][w]);
      }
    }
  }
};

}  // namespace infodiet::engine::kernels
