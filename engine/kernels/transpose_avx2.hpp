// Transposes eight by eight floats in AVX2 registers.
#pragma once

#include <immintrin.h>

#include "engine/kernels/instruction_sets.hpp"
#include "engine/kernels/transpose.hpp"

namespace infodiet::engine::kernels {

template <WithAvx2 Arch>
struct TransposeBlock<Arch, float> {
  static constexpr std::size_t side = 8;

  static void transpose(const float* x, std::size_t x_stride, float* y, std::size_t y_stride) {
    __m256 row[side];
    for (std::size_t r = 0; r < side; ++r) row[r] = _mm256_loadu_ps(x + r * x_stride);
    __m256 pair[side];  // of rows, interleaved
    for (std::size_t r = 0; r < side; r += 2) {
      pair[r] = _mm256_unpacklo_ps(row[r], row[r + 1]);
      pair[r + 1] = _mm256_unpackhi_ps(row[r], row[r + 1]);
    }
    __m256 four[side];  // rows, columns 0 and 4, 1 and 5, ...
    for (std::size_t r = 0; r < side; r += 4) {
      four[r] = _mm256_shuffle_ps(pair[r], pair[r + 2], 0b01000100);
      four[r + 1] = _mm256_shuffle_ps(pair[r], pair[r + 2], 0b11101110);
      four[r + 2] = _mm256_shuffle_ps(pair[r + 1], pair[r + 3], 0b01000100);
      four[r + 3] = _mm256_shuffle_ps(pair[r + 1], pair[r + 3], 0b11101110);
    }
    for (std::size_t c = 0; c < side / 2; ++c) {
      _mm256_storeu_ps(y + c * y_stride, _mm256_permute2f128_ps(four[c], four[c + 4], 0x20));
      _mm256_storeu_ps(y + (c + 4) * y_stride, _mm256_permute2f128_ps(four[c], four[c + 4], 0x31));
    }
  }
};

}  // namespace infodiet::engine::kernels
