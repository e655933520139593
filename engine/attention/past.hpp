// The key-value cache of one sequence, so that continuing it costs only the new tokens.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/paged_memory.hpp"
#include "engine/ragged.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

/// Keys and values that one causal self-attention layer has computed for one sequence. Under a causal mask the keys and
/// values of a token do not depend on later tokens, so appending gives the same result as computing the whole sequence
/// again, up to rounding.
template <class T>
class Past {
 public:
  std::size_t tokens() const { return width_ == 0 ? 0 : both_.size() / (2 * width_); }
  std::size_t bytes() const { return both_.capacity() * sizeof(T); }

  /// Appends `count` tokens and returns their rows (count, 2 D), keys then values, for the caller to write. The first
  /// call sets D, the width. Throws ShapeError if a later one differs.
  MatrixSpan<T> extend(std::size_t count, std::size_t width) {
    if (width_ == 0) width_ = width;
    require_size(width, width_, "past", "the width", "is it another layer's?");
    const std::size_t before = both_.size();
    const std::size_t needed = before + count * 2 * width;
    constexpr std::size_t step = paged_step / sizeof(T);
    // Not doubled: a little room is enough, since sequences continue token by token.
    if (needed > both_.capacity()) both_.reserve(needed < step ? needed : (needed + step - 1) / step * step);
    both_.resize(needed);
    return {both_.data() + before, count, 2 * width};
  }

  /// (tokens, D) each.
  MatrixSpan<const T> keys() const { return both().cols_from(0, width_); }
  MatrixSpan<const T> values() const { return both().cols_from(width_, width_); }

 private:
  MatrixSpan<const T> both() const { return {both_.data(), tokens(), 2 * width_}; }

  std::size_t width_ = 0;
  std::vector<T, PagedAllocator<T>> both_;  // (tokens, 2 D) key, then value of each
};

/// Which tokens `read_on` computes outputs for.
enum class Outputs { of_all, of_last };

/// How `read_on` continues one sequence.
template <class T>
struct Continuation {
  const Ragged& whole;  ///< past and new tokens
  Past<T>& past;        ///< of the earlier tokens; the new ones are appended
  Outputs outputs = Outputs::of_all;

  /// The rows of the new tokens that outputs are computed for.
  MatrixSpan<const T> asking(MatrixSpan<const T> rows) const {
    return outputs == Outputs::of_all ? rows : rows.rows_from(rows.rows - 1, 1);
  }
};

}  // namespace infodiet::engine
