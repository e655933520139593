// What a new kind of score implements: the score of a query and a key is a sum of terms, and this is one term. Masks,
// softmax, dropout, streaming and the weighted sum of values are engine/attention/attend.hpp's and work with any.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/matrix_span.hpp"
#include "engine/workspace.hpp"

namespace infodiet::engine {

/// A block of the scores of one head over one sequence: queries [query, query + queries) against keys
/// [key, key + keys). Long sequences are scored tile by tile, so that the scores never exist all at once.
struct ScoreTile {
  std::size_t query;
  std::size_t queries;
  std::size_t key;
  std::size_t keys;
};

/// One term of the scores, bound to the vectors of one head and sequence and, for `backward`, to where their gradients
/// are summed. Objects are small and live for one call; the parameters behind them belong to a layer.
template <class T>
class ScoreTerm {
 public:
  virtual ~ScoreTerm() = default;

  /// Throws ShapeError unless it can score this many queries against this many keys.
  virtual void require(std::size_t queries, std::size_t keys) const = 0;

  /// Writes the scores (tile.queries, tile.keys) of a tile, ignoring what they held.
  virtual void set(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const {
    std::fill_n(scores.data, scores.rows * scores.cols, T{0});
    add(tile, scores, workspace);
  }

  /// Adds to the scores (tile.queries, tile.keys) of a tile.
  virtual void add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const = 0;

  /// Adds to the gradients of whatever `add` read, from the gradients (tile.queries, tile.keys) of the tile's scores.
  /// Scores that a mask hides have gradients of 0.
  virtual void backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>& workspace) const = 0;
};

}  // namespace infodiet::engine
