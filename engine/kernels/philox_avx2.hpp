// Philox in AVX2 registers: a compiler keeps the generic loop's counters in memory from round to round.
#pragma once

#include <immintrin.h>

#include "engine/kernels/instruction_sets.hpp"
#include "engine/kernels/philox.hpp"

namespace infodiet::engine::kernels {

template <>
struct Philox<Avx2> {
  static constexpr std::size_t lanes = 8;
  // Independent counters that hide the multiplications' latency, as many as registers allow.
  static constexpr std::size_t together = 2;

  struct Product {
    __m256i low;
    __m256i high;
  };

  static Product multiply(__m256i x, __m256i multiplier) {
    constexpr int odd = 0b10101010;
    const __m256i even_products = _mm256_mul_epu32(x, multiplier);
    const __m256i odd_products = _mm256_mul_epu32(_mm256_srli_epi64(x, 32), multiplier);
    return {_mm256_blend_epi32(even_products, _mm256_slli_epi64(odd_products, 32), odd),
            _mm256_blend_epi32(_mm256_srli_epi64(even_products, 32), odd_products, odd)};
  }

  static __m256i* at(std::uint32_t* p) { return reinterpret_cast<__m256i*>(p); }

  template <std::size_t blocks>
  static void draw(PhiloxBlocks<blocks>& c, const PhiloxKey& first_key) {
    static_assert(blocks % (together * lanes) == 0);
    const __m256i multiplier0 = _mm256_set1_epi32(static_cast<int>(philox_multiplier0));
    const __m256i multiplier1 = _mm256_set1_epi32(static_cast<int>(philox_multiplier1));
    for (std::size_t block = 0; block < blocks; block += together * lanes) {
      __m256i x[together][4];
      for (std::size_t t = 0; t < together; ++t) {
        for (std::size_t w = 0; w < 4; ++w) x[t][w] = _mm256_load_si256(at(c.word[w] + block + t * lanes));
      }
      PhiloxKey key = first_key;
      for (int round = 0; round < philox_rounds; ++round, key.advance()) {
        const __m256i low = _mm256_set1_epi32(static_cast<int>(key.low));
        const __m256i high = _mm256_set1_epi32(static_cast<int>(key.high));
        for (std::size_t t = 0; t < together; ++t) {
          const Product product0 = multiply(x[t][0], multiplier0);
          const Product product1 = multiply(x[t][2], multiplier1);
          x[t][0] = _mm256_xor_si256(_mm256_xor_si256(product1.high, x[t][1]), low);
          x[t][1] = product1.low;
          x[t][2] = _mm256_xor_si256(_mm256_xor_si256(product0.high, x[t][3]), high);
          x[t][3] = product0.low;
        }
      }
      for (std::size_t t = 0; t < together; ++t) {
        for (std::size_t w = 0; w < 4; ++w) _mm256_store_si256(at(c.word[w] + block + t * lanes), x[t][w]);
      }
    }
  }
};

}  // namespace infodiet::engine::kernels
