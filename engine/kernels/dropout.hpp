// Dropout with draws of Philox4x32-10, the same function as engine/random.cpp's.
#pragma once

#include <bit>
#include <type_traits>

#include "engine/kernels/kernels.hpp"
#include "engine/kernels/lanes.hpp"
#include "engine/kernels/philox.hpp"

namespace infodiet::engine::kernels {

// What up to 16 elements that share a word of each of 8 blocks are multiplied with: element 8 half + lane by `scale`
// where that half of words[lane] is at least the threshold, else by 0. The batch begins at element `first`.
// dropout_avx512.hpp specialises it.
template <class Arch, class T>
struct DropoutFactors {
  using Batch = xsimd::batch<T, Arch>;
  static constexpr std::size_t width = Batch::size;
  static_assert(8 % width == 0);

  static Batch of(const std::uint32_t* words, std::size_t first, std::uint32_t threshold, T scale) {
    const std::uint32_t* bits = words + first % 8;
    const auto shift = static_cast<std::uint32_t>(first / 8 * 16);
    if constexpr (std::is_same_v<T, float>) {
      using Ints = xsimd::batch<std::int32_t, Arch>;
      const Ints draws =
          (Ints::load_unaligned(reinterpret_cast<const std::int32_t*>(bits)) >> static_cast<int>(shift)) & Ints(0xFFFF);
      const Ints scales(std::bit_cast<std::int32_t>(scale));
      const auto keep = draws >= Ints(static_cast<std::int32_t>(threshold));
      return xsimd::bitwise_cast<Batch>(xsimd::select(keep, scales, Ints(0)));
    } else {
      T values[width];
      for (std::size_t i = 0; i < width; ++i) values[i] = ((bits[i] >> shift) & 0xFFFFU) >= threshold ? scale : T{0};
      return Batch::load_unaligned(values);
    }
  }
};

template <class Arch, class T>
struct Dropping : Lanes<Arch, T> {
  using Base = Lanes<Arch, T>;
  using Base::load_part, Base::part, Base::store_part, Base::width;
  using typename Base::Batch;

  // Columns are drawn in groups of 64: column 64 g + 16 word + 8 half + lane of a row takes that half of that word of
  // block (row, site, 8 g + lane).
  static constexpr std::size_t group = dropout_group;
  static constexpr std::size_t group_blocks = 8;
  static constexpr std::size_t columns_a_word = 2 * group_blocks;
  static constexpr std::size_t groups = 8;  // drawn at once
  static constexpr std::size_t blocks = groups * group_blocks;
  using Blocks = PhiloxBlocks<blocks>;

  // apply(factors, index within the group, number of elements) for the first `cols` columns of a group.
  template <class F>
  static void for_each_batch(const Blocks& c, std::size_t first_block, const DropoutDraw& draw, std::size_t cols,
                             F apply) {
    const T scale = static_cast<T>(draw.scale);
    for (std::size_t i = 0; i < cols; i += width) {
      const std::uint32_t* words = c.word[i / columns_a_word] + first_block;
      apply(DropoutFactors<Arch, T>::of(words, i % columns_a_word, draw.threshold, scale), i, part(cols - i));
    }
  }

  // Position of the next group: its row, and its first column within the row.
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

  // apply(factors, index within the matrix, number of elements) for all elements.
  template <class F>
  static void draw_all(const DropoutDraw& draw, const DropoutOrigin& origin, std::size_t rows, std::size_t cols,
                       F apply) {
    constexpr std::uint32_t dropout_purpose = 2;
    const PhiloxKey key{static_cast<std::uint32_t>(draw.seed), static_cast<std::uint32_t>(draw.seed >> 32)};
    Blocks c;
    for (std::size_t i = 0; i < blocks; ++i) c.word[0][i] = c.word[1][i] = 0;
    Cursor drawn;
    Cursor applied;
    while (cols > 0 && applied.row < rows) {
      for (std::size_t g = 0; g < groups && drawn.row < rows; ++g, drawn.advance(cols)) {
        const auto row = static_cast<std::uint32_t>(drawn.row);
        const auto block = static_cast<std::uint32_t>((origin.first_col + drawn.col) / group * group_blocks);
        for (std::size_t lane = 0; lane < group_blocks; ++lane) {
          c.word[0][g * group_blocks + lane] = origin.first_row + row * origin.row_step;
          c.word[1][g * group_blocks + lane] = (draw.site << 12) | (block + static_cast<std::uint32_t>(lane));
        }
      }
      for (std::size_t i = 0; i < blocks; ++i) c.word[2][i] = draw.step;
      for (std::size_t i = 0; i < blocks; ++i) c.word[3][i] = dropout_purpose;
      Philox<Arch>::draw(c, key);
      for (std::size_t g = 0; g < groups && applied.row < rows; ++g, applied.advance(cols)) {
        const std::size_t offset = applied.row * cols + applied.col;
        const std::size_t left = cols - applied.col;
        for_each_batch(c, g * group_blocks, draw, left < group ? left : group,
                       [&](const Batch& f, std::size_t i, std::size_t n) { apply(f, offset + i, n); });
      }
    }
  }

  static void dropout(const DropoutDraw& draw, const DropoutOrigin& origin, Rows<const T> x, T* y) {
    draw_all(draw, origin, x.rows, x.cols, [&](const Batch& factor, std::size_t i, std::size_t n) {
      store_part(factor * load_part(x.data + i, n), y + i, n);
    });
  }

  static void dropout_both(const DropoutDraw& draw, const DropoutOrigin& origin, Rows<const T> x, T* y, T* z) {
    draw_all(draw, origin, x.rows, x.cols, [&](const Batch& factor, std::size_t i, std::size_t n) {
      store_part(factor * load_part(x.data + i, n), y + i, n);
      store_part(factor * load_part(z + i, n), z + i, n);
    });
  }
};

}  // namespace infodiet::engine::kernels
