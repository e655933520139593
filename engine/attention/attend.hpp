// Attention of one head over one sequence, with any kind of score. Works tile by tile with the online softmax (Milakov
// & Gimelshein 2018; Dao et al. 2022), so that memory grows with the length, not with its square; backward recomputes
// the weights from each row's normaliser. Projections, heads and batches are left to the layers.
#pragma once

#include <cstdint>
#include <span>

#include "engine/attention/score.hpp"
#include "engine/layers/dropout.hpp"
#include "engine/matrix_span.hpp"
#include "engine/pass.hpp"
#include "engine/workspace.hpp"

namespace infodiet::engine {

/// Which keys a query may attend to, by position.
enum class Mask {
  none,    ///< all keys
  causal,  ///< query i attends to keys 0..i, and to those that came before the first query
};

/// How a row of scores becomes a row of weights.
enum class Weighting {
  softmax,         ///< exp(score), divided by their sum over the row
  entmax15,        ///< sparse: most weights are 0 (engine/attention/entmax.hpp); keeps whole rows in memory
  pointwise_silu,  ///< score sigmoid(score) / the number of keys that `mask` shows (Zhai et al. 2024, HSTU)
};

/// From this number of queries on, keys and values are transposed once for all products with them.
constexpr std::size_t worth_transposing = 16;

/// Inputs and options of one head. Matrices may be column ranges of wider ones.
template <class T>
struct Attention {
  std::span<const ScoreTerm<T>* const> terms;  ///< their sum is the score
  MatrixSpan<const T> value;                   ///< (Lk, Dv)
  Mask mask = Mask::none;
  std::size_t before = 0;  ///< keys that came before the first query of a causal mask; Lk = before + Lq
  /// (Lq, Lk) 1 where the query may attend, 0 where it may not; applied together with `mask`. One row with a stride of
  /// 0 is a mask of keys, the same for every query; no data hides nothing.
  MatrixSpan<const std::uint8_t> keep = {};
  Weighting weighting = Weighting::softmax;
  const Dropout* dropout = nullptr;  ///< of the weights; none if null
  Pass pass = {};
  kernels::DropoutOrigin dropout_origin = {};  ///< where the first query's draws begin
};

/// The normalisers of the rows of weights, kept from forward to backward; that of query i is at data[i * stride]. For
/// softmax it is the logarithm of the sum of exponentials, or infinity if the query may attend to nothing; other
/// weightings do not use it.
template <class T>
struct Normalisers {
  T* data;
  std::size_t stride = 1;
};

/// out (Lq, Dv) = dropout(weights) value, weights (Lq, Lk) = softmax(sum of terms). A query that may attend to nothing
/// gets zeros. Throws ShapeError if shapes differ.
template <class T>
void attend(const Attention<T>& attention, MatrixSpan<T> out, Normalisers<T> normalisers, Workspace<T>& workspace);

/// From out (Lq, Dv) and dout (Lq, Dv): adds to dvalue (Lk, Dv) and, through the terms, to the gradients of what the
/// scores were computed from.
template <class T>
void attend_backward(const Attention<T>& attention, MatrixSpan<const T> out, MatrixSpan<const T> dout,
                     Normalisers<const T> normalisers, MatrixSpan<T> dvalue, Workspace<T>& workspace);

/// Writes the weights (Lq, Lk), before dropout, from the normalisers that `attend` filled. For inspection only.
template <class T>
void attention_weights(const Attention<T>& attention, Normalisers<const T> normalisers, MatrixSpan<T> weights,
                       Workspace<T>& workspace);

}  // namespace infodiet::engine
