// How a loss over many items divides its tokens. Internal to the losses.
#pragma once

#include <algorithm>
#include <cstddef>

namespace infodiet::engine {

/// A tile's tokens are divided into this many parts, whatever the number of threads, for the same bits.
constexpr std::size_t token_parts = 8;

/// Tokens of a tile of logits, a multiple of `token_parts` unless all tokens fit. A tile takes about 16 MiB, so that it
/// is still in cache when its gradient is multiplied.
template <class T>
std::size_t tokens_of_tile(std::size_t tokens, std::size_t columns) {
  constexpr std::size_t tile_bytes = std::size_t{16} << 20;
  return std::min(tokens, std::max(token_parts, tile_bytes / (columns * sizeof(T)) / token_parts * token_parts));
}

}  // namespace infodiet::engine
