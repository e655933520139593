// The attention of HSTU, the hierarchical sequential transduction unit (Zhai et al. 2024, "Actions speak louder than
// words"): weights without a softmax, and an output gated by the input.
#pragma once

#include <optional>
#include <string>

#include "engine/attention/self_attention.hpp"
#include "engine/layers/layer_norm.hpp"

namespace infodiet::engine {

/// u, v, q, k = silu(x W + b); context = concat over heads of silu(q k^T + biases) v / keys;
/// y = (norm(context) * u) Wo + bo. The published code divides by the longest length instead of the number of keys that
/// a query sees; the norm cancels either. Parameters "<name>.uvqk.*" (D, 4 D: columns of u, v, q, k), "<name>.norm.*",
/// "<name>.out.*" and those of the biases of MultiHead.
template <class T>
class HstuAttention {
 public:
  struct Cache {
    Matrix<T> projected;  ///< (T, 4 D) before the activation
    Matrix<T> uvqk;       ///< (T, 4 D), q and k rotated if the layer rotates them
    Matrix<T> context;    ///< (T, D)
    Matrix<T> normed;     ///< (T, D) norm(context)
    Matrix<T> gated;      ///< (T, D) normed * u
    typename LayerNorm<T>::Cache norm;
    typename MultiHead<T>::Cache heads;
  };

  /// Throws ShapeError if heads does not divide width.
  HstuAttention(ParameterLayout& layout, const std::string& name, const SelfAttentionOptions& options);

  /// y (T, D) from x (T, D).
  void forward(const Run<T>& run, const Ragged& batch, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// As SelfAttention::read_on.
  void read_on(const Run<T>& run, const Continuation<T>& more, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// `gradient` (T, D) is dy on entry and dx on return.
  void backward(const Run<T>& run, const Ragged& batch, const Matrix<T>& x, const Cache& cache,
                Matrix<T>& gradient) const;

  /// Weights (H, L, L) of one sequence of the batch last run forward into `cache`: [head][query][key].
  Tensor<T, 3> weights(const Ragged& batch, const Cache& cache, std::size_t sequence) const;

 private:
  void project(const Run<T>& run, const Matrix<T>& x, Cache& cache) const;
  // u (rows of the context, D)
  void gate(const Run<T>& run, MatrixSpan<const T> u, Cache& cache, Matrix<T>& y) const;
  AttentionInputs<T> inputs(const Ragged& batch, const Matrix<T>& uvqk) const;

  std::string name_;
  std::size_t width_;
  Linear<T> uvqk_;
  MultiHead<T> heads_;
  LayerNorm<T> norm_;
  Linear<T> out_;
  std::optional<Rotary<T>> rotary_;
};

}  // namespace infodiet::engine
