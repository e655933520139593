// The score of engine/README.md's example; new_score_test.cpp checks that both are the same.
#pragma once

#include "engine/attention/score.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

/// The score -|q - k|^2 / 2: nearer keys weigh more, whatever their length.
template <class T>
class DistanceScore final : public ScoreTerm<T> {
 public:
  DistanceScore(MatrixSpan<const T> query, MatrixSpan<const T> key, MatrixSpan<T> dquery = {}, MatrixSpan<T> dkey = {})
      : query_(query), key_(key), dquery_(dquery), dkey_(dkey) {}

  void require(std::size_t queries, std::size_t keys) const override {
    require_shape(query_, {queries, key_.cols}, "distance score", "the queries", "as wide as the keys");
    require_size(key_.rows, keys, "distance score", "the number of keys", "one for each value");
  }
  void add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>&) const override {
    for_each(tile, [&](std::size_t i, std::size_t j, std::size_t d, T apart) {
      static_cast<void>(d);
      scores.row(i - tile.query)[j - tile.key] -= apart * apart / 2;
    });
  }
  void backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>&) const override {
    for_each(tile, [&](std::size_t i, std::size_t j, std::size_t d, T apart) {
      const T gradient = dscores.row(i - tile.query)[j - tile.key] * apart;
      dquery_.row(i)[d] -= gradient;
      dkey_.row(j)[d] += gradient;
    });
  }

 private:
  template <class F>
  void for_each(const ScoreTile& tile, F f) const {
    for (std::size_t i = tile.query; i < tile.query + tile.queries; ++i)
      for (std::size_t j = tile.key; j < tile.key + tile.keys; ++j)
        for (std::size_t d = 0; d < key_.cols; ++d) f(i, j, d, query_.row(i)[d] - key_.row(j)[d]);
  }
  MatrixSpan<const T> query_, key_;
  MatrixSpan<T> dquery_, dkey_;
};

}  // namespace infodiet::engine
