// Transposition of matrices, block by block so that both stay in cache.
#pragma once

#include <cstddef>

namespace infodiet::engine::kernels {

// A template on the instruction set so that each has its own copy. transpose_avx2.hpp specialises it.
template <class Arch, class T>
struct TransposeBlock {
  static constexpr std::size_t side = 8;

  // y[c][r] = x[r][c] for side rows and columns.
  static void transpose(const T* x, std::size_t x_stride, T* y, std::size_t y_stride) {
    for (std::size_t r = 0; r < side; ++r) {
      for (std::size_t c = 0; c < side; ++c) y[c * y_stride + r] = x[r * x_stride + c];
    }
  }
};

template <class Arch, class T>
struct Transposing {
  using Block = TransposeBlock<Arch, T>;

  static void transpose(const T* x, std::size_t rows, std::size_t cols, std::size_t stride, T* y) {
    const std::size_t whole_rows = rows / Block::side * Block::side;
    const std::size_t whole_cols = cols / Block::side * Block::side;
    for (std::size_t r = 0; r < whole_rows; r += Block::side) {
      for (std::size_t c = 0; c < whole_cols; c += Block::side) {
        Block::transpose(x + r * stride + c, stride, y + c * rows + r, rows);
      }
    }
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = r < whole_rows ? whole_cols : 0; c < cols; ++c) y[c * rows + r] = x[r * stride + c];
    }
  }
};

}  // namespace infodiet::engine::kernels
