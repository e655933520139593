// How the layers of this folder iterate over the heads and sequences of a batch. Internal to them.
#pragma once

#include <cstdint>
#include <span>

#include "engine/attention/attend.hpp"
#include "engine/attention/inputs.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// One head over one sequence.
struct HeadAt {
  std::size_t sequence;
  std::size_t head;
};

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
  Attention<T> attention(HeadAt at, std::span<const ScoreTerm<T>* const> terms) const {
    const std::size_t first = (pass.first_token + in.queries.begin(at.sequence)) * heads + at.head;
    return {.terms = terms,
            .value = of_keys(in.value, at),
            .mask = mask,
            .before = in.before,
            .keep = in.keep.empty() ? MatrixSpan<const std::uint8_t>{} : in.keep[at.sequence],
            .weighting = weighting,
            .dropout = &dropout,
            .pass = pass,
            .dropout_origin = {.first_row = static_cast<std::uint32_t>(first),
                               .row_step = static_cast<std::uint32_t>(heads)}};
  }

  /// Columns of one head in rows that belong to the queries, or to the keys.
  template <class S>
  S of_queries(S rows, HeadAt at) const {
    return part_of(rows, in.queries, at);
  }
  template <class S>
  S of_keys(S rows, HeadAt at) const {
    return part_of(rows, in.keys, at);
  }

  /// The normalisers of one head over one sequence, in the (Tq, H) of all.
  Normalisers<T> normalisers(Matrix<T>& all, HeadAt at) const { return {normaliser_of(all.data(), at), heads}; }
  Normalisers<const T> normalisers(const Matrix<T>& all, HeadAt at) const {
    return {normaliser_of(all.data(), at), heads};
  }

  template <class F>
  void for_each_head(F f) const {
    for (std::size_t sequence = 0; sequence < in.queries.sequences(); ++sequence) {
      for (std::size_t head = 0; head < heads; ++head) f(HeadAt{sequence, head});
    }
  }

 private:
  /// A batch without queries has no normalisers, and null must not be moved.
  template <class U>
  U* normaliser_of(U* all, HeadAt at) const {
    return all == nullptr ? nullptr : all + in.queries.begin(at.sequence) * heads + at.head;
  }
  template <class S>
  S part_of(S rows, const Ragged& batch, HeadAt at) const {
    const std::size_t width = rows.cols / heads;
    return rows.rows_from(batch.begin(at.sequence), batch.length(at.sequence)).cols_from(at.head * width, width);
  }
};

}  // namespace infodiet::engine
