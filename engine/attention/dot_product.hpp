// The dot-product score, scale (q . k): Luong et al. 2015 with a scale of 1, Vaswani et al. 2017 with 1 / sqrt(Dh). Two
// of them, of content and of a second stream such as positions, make two-stream attention.
#pragma once

#include "engine/attention/score.hpp"

namespace infodiet::engine {

/// The term scale (q . k) of every query and key.
template <class T>
class DotProduct final : public ScoreTerm<T> {
 public:
  /// query (Lq, Dh), key (Lk, Dh); backward adds to dquery (Lq, Dh) and dkey (Lk, Dh), which forward does not need.
  /// Throws ShapeError if widths differ.
  DotProduct(MatrixSpan<const T> query, MatrixSpan<const T> key, T scale, MatrixSpan<T> dquery = {},
             MatrixSpan<T> dkey = {});

  /// Reads the keys from `transposed` (Dh, Lk), which is faster for many tiles of queries. It must outlive the term.
  void use_transposed_keys(MatrixSpan<const T> transposed);

  void require(std::size_t queries, std::size_t keys) const override;
  void set(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const override;
  void add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const override;
  void backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>& workspace) const override;

 private:
  void multiply(const ScoreTile& tile, MatrixSpan<T> scores, T beta) const;

  MatrixSpan<const T> query_;
  MatrixSpan<const T> key_;
  MatrixSpan<const T> transposed_key_ = {};  // (Dh, Lk), or none
  T scale_;
  MatrixSpan<T> dquery_;
  MatrixSpan<T> dkey_;
};

}  // namespace infodiet::engine
