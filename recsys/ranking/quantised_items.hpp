// Item vectors as 8-bit integers, with error bounds: a quarter of the memory to read when one query searches a large
// catalogue. item_search.hpp searches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor.hpp"
#include "recsys/ranking/item_vectors.hpp"

namespace infodiet::recsys {

/// Each vector is its own scale times integers from -127 to 127, rounded to nearest.
class QuantisedItems {
 public:
  /// Items whose scores are bounded together.
  static constexpr std::size_t tile = 256;

  /// items (V, D), every number finite.
  explicit QuantisedItems(const ItemVectors& items);

  /// V, and the number of tiles.
  std::size_t size() const { return size_; }
  std::size_t tiles() const { return (size_ + tile - 1) / tile; }

  /// A query of D numbers, rounded in the same way.
  struct Query {
    std::vector<std::int8_t> numbers;
    float scale = 0;
    float norm = 0;   ///< of the rounded query
    float error = 0;  ///< norm of the rounding error
  };
  /// Rounds a query (D).
  void quantise(std::span<const float> query, Query& out) const;

  /// Writes approximate dot products of the query with the items of tile `number`, at most `tile`, and returns a bound
  /// of their errors, float rounding included: by the inequality of Cauchy and Schwarz, |q x - q' x'| <= |q'| |x - x'|
  /// + |q - q'| |x|.
  float score(const Query& query, std::size_t number, std::span<float, tile> scores) const;

 private:
  std::size_t size_;
  std::size_t width_;
  std::size_t quads_;
  engine::Buffer<std::int8_t> numbers_;  // blocks in the layout of engine::kernels::Int8Table
  std::vector<float> scales_;            // (V)
  std::vector<float> largest_errors_;    // (tiles) of the norms of rounding errors
  std::vector<float> largest_norms_;     // (tiles) of the norms of items
};

}  // namespace infodiet::recsys
