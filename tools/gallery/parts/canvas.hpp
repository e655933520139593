// Small square images made of forms in noise.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "engine/random.hpp"

namespace infodiet::gallery {

/// How an image is cut into square patches. Its numbers go patch by patch, each row by row, as networks read them; a
/// pixel is grey from 0 (paper) to 1 (ink), or three channels red, green and blue in [0, 1].
struct Canvas {
  std::size_t across = 0;  ///< patches in a row, and rows of them
  std::size_t side = 0;    ///< of a patch, in pixels
  std::size_t channels = 1;

  std::size_t patches() const { return across * across; }
  std::size_t patch_size() const { return side * side * channels; }  ///< in numbers
  std::size_t width() const { return across * side; }                ///< in pixels
  /// Where the numbers of a pixel begin.
  std::size_t at(std::size_t x, std::size_t y) const {
    return (y / side * across + x / side) * patch_size() + (y % side * side + x % side) * channels;
  }
  std::vector<float> blank(float paper) const { return std::vector<float>(patches() * patch_size(), paper); }
  /// Draws a form of four by four dots, # in ink, into a patch: a pixel from its top and `left` from its left.
  void stamp(std::string_view form, std::size_t patch, std::size_t left, std::span<const float> ink,
             std::vector<float>& pixels) const {
    for (std::size_t dot = 0; dot < form.size(); ++dot) {
      if (form[dot] != '#') continue;
      const std::size_t begin = patch * patch_size() + ((1 + dot / 4) * side + left + dot % 4) * channels;
      std::copy_n(ink.begin(), channels, pixels.begin() + static_cast<std::ptrdiff_t>(begin));
    }
  }
};

/// Adds to every number up to `most`.
inline void add_noise(float most, std::vector<float>& numbers, engine::RandomStream& stream) {
  for (float& number : numbers) number += most * static_cast<float>(stream.uniform());
}

}  // namespace infodiet::gallery
