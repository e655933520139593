// Keys and values of one sequence that were computed before, so that reading on costs only the new tokens.
#pragma once

#include <cstddef>

#include "engine/matrix_span.hpp"
#include "engine/shape.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// What one causal self-attention has read of one sequence. Under a causal mask the keys and values of a token do not
/// depend on later tokens, so appending gives the same as reading the whole sequence again, up to rounding.
template <class T>
class Past {
 public:
  std::size_t tokens() const { return width_ == 0 ? 0 : keys_.size() / width_; }
  std::size_t bytes() const { return (keys_.capacity() + values_.capacity()) * sizeof(T); }

  /// keys, values (new tokens, D); the first call sets D. Throws ShapeError where shapes disagree.
  void append(MatrixSpan<const T> keys, MatrixSpan<const T> values) {
    if (width_ == 0) width_ = keys.cols;
    require_shape(keys, {values.rows, width_}, "past", "the keys", "is it another layer's?");
    require_size(values.cols, width_, "past", "the values' width", "is it another layer's?");
    for (std::size_t row = 0; row < keys.rows; ++row) {
      keys_.insert(keys_.end(), keys.row(row), keys.row(row) + width_);
      values_.insert(values_.end(), values.row(row), values.row(row) + width_);
    }
  }

  /// (tokens, D)
  MatrixSpan<const T> keys() const { return {keys_.data(), tokens(), width_}; }
  MatrixSpan<const T> values() const { return {values_.data(), tokens(), width_}; }

 private:
  std::size_t width_ = 0;
  Buffer<T> keys_;
  Buffer<T> values_;
};

}  // namespace infodiet::engine
