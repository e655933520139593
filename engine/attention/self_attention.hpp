// Multi-head self-attention over ragged batches (Vaswani et al. 2017).
#pragma once

#include <optional>
#include <string>

#include "engine/attention/multi_head.hpp"
#include "engine/attention/past.hpp"
#include "engine/attention/rotary.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"
#include "engine/ragged.hpp"
#include "engine/workspace.hpp"

namespace infodiet::engine {

/// How scores depend on positions and times; all can be combined.
struct ScorePositions {
  std::size_t rotary_longest = 0;            ///< rotary positions for sequences of up to this many tokens; 0: none
  DistanceBuckets relative = {};             ///< a bias by distance, if it has buckets
  std::size_t longest_span = 0;              ///< each head learns its span, up to this many tokens; 0: unlimited
  Intervals intervals = Intervals::ignored;  ///< a bias by the time between tokens; batches must then have times
};

/// Options of SelfAttention and HstuAttention.
struct SelfAttentionOptions {
  std::size_t width = 0;
  std::size_t heads = 1;  ///< divides the width
  Mask mask = Mask::causal;
  Weighting weighting = Weighting::softmax;  ///< of SelfAttention; HstuAttention has its own
  double dropout = 0;                        ///< on the attention weights
  ScorePositions positions = {};
};

/// y = concat over heads of softmax(q k^T / sqrt(D / H)) v, times Wo + bo; q, k, v = x W + b in one product.
/// Parameters "<name>.qkv.weight" (D, 3 D: columns of q, then k, then v; each head a contiguous D / H of them),
/// "<name>.qkv.bias", "<name>.out.weight" (D, D), "<name>.out.bias" and those of the biases of MultiHead.
template <class T>
class SelfAttention {
 public:
  struct Cache {
    Matrix<T> qkv;      ///< (T, 3 D), q and k rotated if the layer rotates them
    Matrix<T> query;    ///< (outputs, D) of read_on
    Matrix<T> context;  ///< (T, D) the heads side by side
    typename MultiHead<T>::Cache heads;
  };

  /// Throws ShapeError if heads does not divide width.
  SelfAttention(ParameterLayout& layout, const std::string& name, const SelfAttentionOptions& options);

  /// y (T, D) from x (T, D).
  void forward(const Run<T>& run, const Ragged& batch, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// Continues one sequence, in evaluation: y (outputs, D) of the tokens x (new tokens, D) that follow those of
  /// `more.past`. Throws Error if the layer has rotary positions.
  void read_on(const Run<T>& run, const Continuation<T>& more, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// `gradient` (T, D) is dy on entry and dx on return.
  void backward(const Run<T>& run, const Ragged& batch, const Matrix<T>& x, const Cache& cache,
                Matrix<T>& gradient) const;

  /// Weights (H, L, L) of one sequence of the batch last run forward into `cache`: [head][query][key].
  Tensor<T, 3> weights(const Ragged& batch, const Cache& cache, std::size_t sequence) const;

 private:
  AttentionInputs<T> inputs(const Ragged& batch, const Matrix<T>& qkv) const;

  std::string name_;
  std::size_t width_;
  Linear<T> qkv_;
  MultiHead<T> heads_;
  Linear<T> out_;
  std::optional<Rotary<T>> rotary_;
};

}  // namespace infodiet::engine
