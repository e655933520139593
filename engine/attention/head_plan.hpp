// How layers of this folder walk over the heads and sequences of a batch. Not for users of layers.
#pragma once

#include <cstdint>
#include <span>

#include "engine/attention/attend.hpp"
#include "engine/attention/inputs.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Columns of one head in the rows of one sequence.
template <class S>
S part_of_head(S rows, const Ragged& batch, std::size_t sequence, std::size_t head, std::size_t heads) {
  const std::size_t width = rows.cols / heads;
  return rows.rows_from(batch.begin(sequence), batch.length(sequence)).cols_from(head * width, width);
}

/// One pass of a layer over a batch.
template <class T>
struct HeadPlan {
  const AttentionInputs<T>& in;
  const Dropout& dropout;
  Pass pass = {};
  std::size_t heads = 1;
  Mask mask = Mask::none;
  Weighting weighting = Weighting::softmax;

  /// The problem of one head over one sequence.
  Attention<T> attention(std::size_t sequence, std::size_t head, std::span<const ScoreTerm<T>* const> terms) const {
    const std::size_t first = (pass.first_token + in.queries.begin(sequence)) * heads + head;
    return {.terms = terms,
            .value = part_of_head(in.value, in.keys, sequence, head, heads),
            .mask = mask,
            .keep = in.keep.empty() ? MatrixSpan<const std::uint8_t>{} : in.keep[sequence],
            .weighting = weighting,
            .dropout = &dropout,
            .pass = pass,
            .dropout_place = {.first_row = static_cast<std::uint32_t>(first),
                              .row_step = static_cast<std::uint32_t>(heads)}};
  }

  /// Columns of one head in rows that belong to the queries, or to the keys.
  template <class S>
  S of_queries(S rows, std::size_t sequence, std::size_t head) const {
    return part_of_head(rows, in.queries, sequence, head, heads);
  }
  template <class S>
  S of_keys(S rows, std::size_t sequence, std::size_t head) const {
    return part_of_head(rows, in.keys, sequence, head, heads);
  }

  /// Where the normalisers (Tq, H) of one head over one sequence are kept.
  Normalisers<T> normalisers(Matrix<T>& all, std::size_t sequence, std::size_t head) const {
    return {all.data() + in.queries.begin(sequence) * heads + head, heads};
  }
  Normalisers<const T> normalisers(const Matrix<T>& all, std::size_t sequence, std::size_t head) const {
    return {all.data() + in.queries.begin(sequence) * heads + head, heads};
  }

  template <class F>
  void for_each_head(F f) const {
    for (std::size_t sequence = 0; sequence < in.queries.sequences(); ++sequence) {
      for (std::size_t head = 0; head < heads; ++head) f(sequence, head);
    }
  }
};

}  // namespace infodiet::engine
