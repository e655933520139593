// Scaled dot-product attention of one head over one sequence (Vaswani et al. 2017), the core of multi-head layers.
// Works in tiles of queries, so that memory grows with the length, never with its square; the weights are not kept
// but computed again from each row's normaliser. Projections are the layers' business.
#pragma once

#include "engine/layers/dropout.hpp"
#include "engine/matrix_span.hpp"
#include "engine/pass.hpp"
#include "engine/workspace.hpp"

namespace infodiet::engine {

/// Which keys a query may attend to.
enum class Mask {
  none,    ///< all keys
  causal,  ///< query i attends to keys 0..i; there are as many keys as queries
};

/// What one head attends with. Spans may be column ranges of a wider matrix.
template <class T>
struct AttentionHead {
  MatrixSpan<const T> query;  ///< (Lq, Dh)
  MatrixSpan<const T> key;    ///< (Lk, Dh)
  MatrixSpan<const T> value;  ///< (Lk, Dv)
  T scale;                    ///< multiplies the scores, commonly 1 / sqrt(Dh)
  Mask mask;
  const Dropout& dropout;  ///< on the weights
  Pass pass;
  DropoutRows dropout_rows;  ///< how the queries' rows are numbered in dropout's draws
};

/// out (Lq, Dv) = dropout(softmax(scale query key^T)) value. log_sums[i * log_sum_stride] becomes the logarithm of the
/// sum of exponentials of query i's scores. A query without keys gives zeros.
template <class T>
void attend(const AttentionHead<T>& head, MatrixSpan<T> out, T* log_sums, std::size_t log_sum_stride,
            Workspace<T>& workspace);

/// From dout (Lq, Dv): writes dquery (Lq, Dh), dkey (Lk, Dh) and dvalue (Lk, Dv).
template <class T>
struct AttentionHeadGradients {
  MatrixSpan<T> query;
  MatrixSpan<T> key;
  MatrixSpan<T> value;
};
template <class T>
void attend_backward(const AttentionHead<T>& head, MatrixSpan<const T> dout, const T* log_sums,
                     std::size_t log_sum_stride, const AttentionHeadGradients<T>& gradients, Workspace<T>& workspace);

/// The weights themselves, (Lq, Lk), before dropout; for looking at, not for training.
template <class T>
void attention_weights(const AttentionHead<T>& head, MatrixSpan<T> weights);

}  // namespace infodiet::engine
