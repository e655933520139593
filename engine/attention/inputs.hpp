// Inputs of attention over a ragged batch, and their gradients.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/matrix_span.hpp"
#include "engine/ragged.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

/// The queries of sequence b attend to the keys of sequence b. In self-attention both batches are the same.
template <class T>
struct AttentionInputs {
  const Ragged& queries;      ///< Tq tokens
  const Ragged& keys;         ///< Tk tokens, as many sequences
  MatrixSpan<const T> query;  ///< (Tq, Dq)
  MatrixSpan<const T> key;    ///< (Tk, Dk)
  MatrixSpan<const T> value;  ///< (Tk, Dv)
  /// For each sequence b (Lq, Lk): 1 where a query may attend to a key, 0 where it may not; a single row with a stride
  /// of 0 is a mask of keys. Empty hides nothing.
  std::span<const MatrixSpan<const std::uint8_t>> keep = {};
  /// Causal self-attention that continues a sequence: how many keys come before the first query.
  std::size_t before = 0;
};

/// Gradients to which backward adds; each has the shape of its input.
template <class T>
struct AttentionInputGradients {
  MatrixSpan<T> query;
  MatrixSpan<T> key;
  MatrixSpan<T> value;
};

/// Throws ShapeError unless the inputs fit each other.
template <class T>
void require_inputs(const AttentionInputs<T>& in, std::string_view where) {
  constexpr auto cause = "do the offsets belong to it?";
  require_size(in.keys.sequences(), in.queries.sequences(), where, "the number of key sequences",
               "the queries of sequence b attend to the keys of sequence b");
  require_size(in.query.rows, in.queries.tokens(), where, "the number of queries", cause);
  require_size(in.key.rows, in.keys.tokens(), where, "the number of keys", cause);
  require_size(in.value.rows, in.keys.tokens(), where, "the number of values", cause);
  if (!in.keep.empty()) {
    require_size(in.keep.size(), in.queries.sequences(), where, "the number of masks", "one for each sequence");
  }
}

}  // namespace infodiet::engine
