// Dropout with draws of Philox4x32-10 (Salmon et al., SC'11), the same function as engine/random.cpp's.
#pragma once

#include "engine/kernels/kernels.hpp"

namespace infodiet::engine::kernels {

// A template of the instruction set too, although nothing here names it: each set needs a copy of its own.
template <class Arch, class T>
struct Dropping {
  // Columns are drawn in groups of 64: column 64 g + 16 word + 8 half + lane of a row takes that half of that word of
  // block (row, site, 8 g + lane).
  static constexpr std::size_t group = dropout_group;
  static constexpr std::size_t group_blocks = 8;
  // Groups drawn at once. Their blocks lie side by side in arrays that are too long for a compiler to unroll and long
  // enough to vectorise.
  static constexpr std::size_t batch = 8;
  static constexpr std::size_t blocks = batch * group_blocks;

  struct Blocks {
    alignas(64) std::uint32_t word[4][blocks];
  };

  static void philox(Blocks& c, std::uint32_t key0, std::uint32_t key1) {
    for (int round = 0; round < 10; ++round) {
      for (std::size_t i = 0; i < blocks; ++i) {
        const std::uint64_t product0 = std::uint64_t{0xD2511F53} * c.word[0][i];
        const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * c.word[2][i];
        c.word[0][i] = static_cast<std::uint32_t>(product1 >> 32) ^ c.word[1][i] ^ key0;
        c.word[1][i] = static_cast<std::uint32_t>(product1);
        c.word[2][i] = static_cast<std::uint32_t>(product0 >> 32) ^ c.word[3][i] ^ key1;
        c.word[3][i] = static_cast<std::uint32_t>(product0);
      }
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
  }

  static void apply_group(const Blocks& c, std::size_t first_block, std::uint32_t threshold, T scale, const T* x, T* y,
                          std::size_t cols) {
    alignas(64) T factors[group];
    for (std::size_t part = 0; part < 8; ++part) {
      const std::uint32_t* bits = c.word[part / 2] + first_block;
      const std::uint32_t shift = 16 * (part % 2);
      for (std::size_t lane = 0; lane < group_blocks; ++lane) {
        const auto draw = static_cast<std::int32_t>((bits[lane] >> shift) & 0xFFFFU);
        factors[part * group_blocks + lane] = draw >= static_cast<std::int32_t>(threshold) ? scale : T{0};
      }
    }
    // The factors lie in local memory, so that neither loop can see x and y overlap.
    for (std::size_t i = 0; i < cols; ++i) factors[i] *= x[i];
    for (std::size_t i = 0; i < cols; ++i) y[i] = factors[i];
  }

  // Where the next group lies: its row, and its first column within the row.
  struct Cursor {
    std::size_t row = 0;
    std::size_t col = 0;
    void advance(std::size_t cols) {
      col += group;
      if (col >= cols) {
        col = 0;
        ++row;
      }
    }
  };

  static void dropout(const DropoutDraw& draw, const DropoutPlace& place, const T* x, T* y, std::size_t rows,
                      std::size_t cols) {
    constexpr std::uint32_t dropout_purpose = 2;
    const T scale = static_cast<T>(draw.scale);
    Blocks c;
    for (std::size_t i = 0; i < blocks; ++i) c.word[0][i] = c.word[1][i] = 0;
    Cursor drawn;
    Cursor applied;
    while (cols > 0 && applied.row < rows) {
      for (std::size_t g = 0; g < batch && drawn.row < rows; ++g, drawn.advance(cols)) {
        const auto row = static_cast<std::uint32_t>(drawn.row);
        const auto block = static_cast<std::uint32_t>((place.first_col + drawn.col) / group * group_blocks);
        for (std::size_t lane = 0; lane < group_blocks; ++lane) {
          c.word[0][g * group_blocks + lane] = place.first_row + row * place.row_step;
          c.word[1][g * group_blocks + lane] = (draw.site << 12) | (block + static_cast<std::uint32_t>(lane));
        }
      }
      for (std::size_t i = 0; i < blocks; ++i) c.word[2][i] = draw.step;
      for (std::size_t i = 0; i < blocks; ++i) c.word[3][i] = dropout_purpose;
      philox(c, static_cast<std::uint32_t>(draw.seed), static_cast<std::uint32_t>(draw.seed >> 32));
      for (std::size_t g = 0; g < batch && applied.row < rows; ++g, applied.advance(cols)) {
        const std::size_t offset = applied.row * cols + applied.col;
        const std::size_t left = cols - applied.col;
        apply_group(c, g * group_blocks, draw.threshold, scale, x + offset, y + offset, left < group ? left : group);
      }
    }
  }
};

}  // namespace infodiet::engine::kernels
