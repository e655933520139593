// The interface of a kind of score: the score of a query and a key is a sum of terms. engine/attention/attend.hpp adds
// masks, softmax, dropout, tiling and the weighted sum of values, the same for all.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/matrix_span.hpp"
#include "engine/workspace.hpp"

namespace infodiet::engine {

/// A block of the scores of one head over one sequence: queries [query, query + queries) against keys
/// [key, key + keys). Long sequences are scored tile by tile; the scores never exist all at once.
struct ScoreTile {
  std::size_t query;
  std::size_t queries;
  std::size_t key;
  std::size_t keys;
};

/// One term of the scores of one head and sequence, bound to its vectors and, for `backward`, to their gradients.
/// Objects are small and live for one call; their parameters belong to a layer.
template <class T>
class ScoreTerm {
 public:
  virtual ~ScoreTerm() = default;

  /// Throws ShapeError unless the term has this many queries and keys.
  virtual void require(std::size_t queries, std::size_t keys) const = 0;

  /// Writes the scores (tile.queries, tile.keys) of a tile.
  virtual void set(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const {
    std::fill_n(scores.data, scores.rows * scores.cols, T{0});
    add(tile, scores, workspace);
  }

  /// Adds to the scores (tile.queries, tile.keys) of a tile.
  virtual void add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const = 0;

  /// From dscores (tile.queries, tile.keys): adds to the gradients of what `add` reads.
  /// Scores that a mask hides have gradients of 0.
  virtual void backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>& workspace) const = 0;
};

}  // namespace infodiet::engine
