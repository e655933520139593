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

/// How the scores of self-attention know positions and times; any of them together.
struct ScorePositions {
  std::size_t rotary_longest = 0;  ///< rotates queries and keys of sequences of up to this many tokens; 0: no rotation
  DistanceBuckets relative = {};   ///< a bias by distance, if it has buckets
  std::size_t longest_span = 0;    ///< each head learns how far it looks, up to so many tokens; 0: everywhere
  Intervals intervals = Intervals::ignored;  ///< a bias by the time between tokens; batches must then have times
};

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
    Matrix<T> query;    ///< (outputs, D) of reading on
    Matrix<T> context;  ///< (T, D) the heads side by side
    typename MultiHead<T>::Cache heads;
  };

  /// Throws ShapeError if heads does not divide width.
  SelfAttention(ParameterLayout& layout, const std::string& name, const SelfAttentionOptions& options);

  /// y (T, D) from x (T, D).
  void forward(const Run<T>& run, const Ragged& batch, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// The same, evaluating, for the tokens x (new tokens, D) that follow others in one sequence: y (as many as are asked
  /// for, D). Throws Error if the layer rotates queries and keys.
  void read_on(const Run<T>& run, const Continuation<T>& more, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// `gradient` (T, D) comes in as dy and leaves as dx.
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
