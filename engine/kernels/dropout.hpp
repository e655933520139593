// Dropout with draws of Philox4x32-10, the same function as engine/random.cpp's.
#pragma once

#include "engine/kernels/kernels.hpp"
#include "engine/kernels/lanes.hpp"
#include "engine/kernels/philox.hpp"

namespace infodiet::engine::kernels {

// Up to 16 elements, a bit each that says whether it is kept. dropout_avx2.hpp and dropout_avx512.hpp specialise it.
template <class Arch, class T>
struct DropoutLanes {
  using Batch = xsimd::batch<T, Arch>;
  static constexpr std::size_t width = Batch::size;
  static_assert(8 % width == 0);

  // From elements that share a word of each of 8 blocks: element 8 half + lane is kept where that half of words[lane]
  // is at least the threshold. The lanes begin at element `first`.
  static std::uint32_t draw(const std::uint32_t* words, std::size_t first, std::uint32_t threshold) {
    const std::size_t shift = first / 8 * 16;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const std::uint32_t drawn = (words[first % 8 + i] >> shift) & 0xFFFFU;
      bits |= static_cast<std::uint32_t>(drawn >= threshold) << i;
    }
    return bits;
  }

  // The others are 0.
  static Batch kept(std::uint32_t bits, const Batch& values) {
    T lanes[width];
    values.store_unaligned(lanes);
    for (std::size_t i = 0; i < width; ++i) lanes[i] = ((bits >> i) & 1U) != 0 ? lanes[i] : T{0};
    return Batch::load_unaligned(lanes);
  }
};

template <class Arch, class T>
struct Dropping : Lanes<Arch, T> {
  using Base = Lanes<Arch, T>;
  using Base::load_part, Base::part, Base::store_part, Base::width;
  using typename Base::Batch;
  using OfLanes = DropoutLanes<Arch, T>;

  // Columns are drawn in groups of 64: column 64 g + 16 word + 8 half + lane of a row takes that half of that word of
  // block (row, site, 8 g + lane).
  static constexpr std::size_t group = dropout_group;
  static constexpr std::size_t group_blocks = 8;
  static constexpr std::size_t columns_a_word = 2 * group_blocks;
  static constexpr std::size_t groups = 8;  // drawn at once
  static constexpr std::size_t blocks = groups * group_blocks;
  using Blocks = PhiloxBlocks<blocks>;

  // apply(bits, index within the group, number of elements) for the first `cols` columns of a group.
  template <class F>
  static void for_each_batch(const Blocks& c, std::size_t first_block, std::uint32_t threshold, std::size_t cols,
                             F apply) {
    for (std::size_t i = 0; i < cols; i += width) {
      const std::uint32_t* words = c.word[i / columns_a_word] + first_block;
      apply(OfLanes::draw(words, i % columns_a_word, threshold), i, part(cols - i));
    }
  }

  // A row's bits, the first column's lowest.
  static void put_bits(std::uint8_t* row, std::size_t col, std::uint32_t bits) {
    if constexpr (width < 8) {
      const std::uint32_t before = col % 8 == 0 ? 0U : row[col / 8];
      row[col / 8] = static_cast<std::uint8_t>(before | bits << (col % 8));
    } else {
      for (std::size_t i = 0; i < width; i += 8) row[(col + i) / 8] = static_cast<std::uint8_t>(bits >> i);
    }
  }
  static std::uint32_t bits_of(const std::uint8_t* row, std::size_t col) {
    std::uint32_t bits = static_cast<std::uint32_t>(row[col / 8]) >> (col % 8);
    for (std::size_t i = 8; i < width; i += 8) bits |= static_cast<std::uint32_t>(row[(col + i) / 8]) << i;
    return bits;
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

  // apply(bits, row, column, number of elements) for all elements.
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
        const std::size_t left = cols - applied.col;
        for_each_batch(
            c, g * group_blocks, draw.threshold, left < group ? left : group,
            [&](std::uint32_t bits, std::size_t i, std::size_t n) { apply(bits, applied.row, applied.col + i, n); });
      }
    }
  }

  static void dropout(const DropoutDraw& draw, const DropoutOrigin& origin, Rows<const T> x, T* y) {
    const Batch scale(static_cast<T>(draw.scale));
    draw_all(draw, origin, x.rows, x.cols, [&](std::uint32_t bits, std::size_t row, std::size_t col, std::size_t n) {
      const std::size_t i = row * x.cols + col;
      store_part(OfLanes::kept(bits, scale) * load_part(x.data + i, n), y + i, n);
    });
  }

  static void dropout_both(const DropoutDraw& draw, const DropoutOrigin& origin, Rows<const T> x, T* y, T* z) {
    const Batch scale(static_cast<T>(draw.scale));
    draw_all(draw, origin, x.rows, x.cols, [&](std::uint32_t bits, std::size_t row, std::size_t col, std::size_t n) {
      const std::size_t i = row * x.cols + col;
      const Batch factor = OfLanes::kept(bits, scale);
      store_part(factor * load_part(x.data + i, n), y + i, n);
      store_part(factor * load_part(z + i, n), z + i, n);
    });
  }

  static void dropout_noting(const DropoutDraw& draw, const DropoutOrigin& origin, Rows<T> y, const T* added,
                             std::uint8_t* bits) {
    const Batch scale(static_cast<T>(draw.scale));
    const std::size_t stride = dropout_bytes(y.cols);
    draw_all(draw, origin, y.rows, y.cols, [&](std::uint32_t drawn, std::size_t row, std::size_t col, std::size_t n) {
      T* at = y.data + row * y.cols + col;
      put_bits(bits + row * stride, col, drawn);
      const Batch kept = OfLanes::kept(drawn, scale * load_part(at, n));
      store_part(added == nullptr ? kept : kept + load_part(added + (at - y.data), n), at, n);
    });
  }

  static void dropout_noted(const std::uint8_t* bits, double scale, Rows<const T> x, T* y) {
    const Batch factor(static_cast<T>(scale));
    const std::size_t stride = dropout_bytes(x.cols);
    for (std::size_t row = 0; row < x.rows; ++row) {
      for (std::size_t col = 0; col < x.cols; col += width) {
        const std::size_t n = part(x.cols - col);
        const std::size_t i = row * x.cols + col;
        store_part(OfLanes::kept(bits_of(bits + row * stride, col), factor * load_part(x.data + i, n)), y + i, n);
      }
    }
  }
};

}  // namespace infodiet::engine::kernels
