// Dot products of small integers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/kernels.hpp"

namespace infodiet::engine::kernels {

// A template on the instruction set so that each has its own copy. int8_avx2.hpp specialises it.
template <class Arch>
struct Int8Dots {
  static void block_dots(const std::int8_t* rows, std::size_t blocks, std::size_t quads, const std::int8_t* query,
                         std::int32_t* dots) {
    for (std::size_t b = 0; b < blocks; ++b) {
      std::int32_t totals[int8_block] = {};
      for (std::size_t j = 0; j < quads; ++j, rows += 4 * int8_block) {
        for (std::size_t row = 0; row < int8_block; ++row) {
          for (std::size_t i = 0; i < 4; ++i) totals[row] += rows[4 * row + i] * query[4 * j + i];
        }
      }
      for (std::size_t row = 0; row < int8_block; ++row) dots[b * int8_block + row] = totals[row];
    }
  }
};

}  // namespace infodiet::engine::kernels
