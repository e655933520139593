// Multi-head self-attention over ragged batches (Vaswani et al. 2017).
#pragma once

#include <string>

#include "engine/layers/attend.hpp"
#include "engine/layers/dropout.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"
#include "engine/ragged.hpp"
#include "engine/workspace.hpp"

namespace infodiet::engine {

/// y = concat over heads of softmax(q k^T / sqrt(D / H)) v, times Wo + bo; q, k, v = x W + b in one product.
/// Parameters "<name>.qkv.weight" (D, 3 D: columns of q, then k, then v; each head a contiguous D / H of them),
/// "<name>.qkv.bias", "<name>.out.weight" (D, D) and "<name>.out.bias".
template <class T>
class SelfAttention {
 public:
  struct Options {
    std::size_t width = 0;
    std::size_t heads = 1;  ///< divides the width
    Mask mask = Mask::causal;
    double dropout = 0;  ///< on the attention weights
  };
  struct Cache {
    Matrix<T> qkv;       ///< (T, 3 D)
    Matrix<T> context;   ///< (T, D) the heads side by side
    Matrix<T> log_sums;  ///< (T, H) normaliser of every row of weights
  };

  /// Throws ShapeError if heads does not divide width.
  SelfAttention(ParameterLayout& layout, const std::string& name, const Options& options);

  /// y (T, D) from x (T, D).
  void forward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, const Matrix<T>& x, Cache& cache,
               Workspace<T>& workspace, Matrix<T>& y) const;

  /// From dy (T, D): writes dx (T, D), adds to the parameters' gradients.
  void backward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, const Matrix<T>& x,
                const Cache& cache, const Matrix<T>& dy, Workspace<T>& workspace, Matrix<T>& dx,
                Parameters<T>& gradients) const;

  /// Weights (H, L, L) of one sequence of the batch last run forward into `cache`: [head][query][key].
  Tensor<T, 3> weights(const Ragged& batch, const Cache& cache, std::size_t sequence) const;

 private:
  AttentionHead<T> head_of(const Ragged& batch, const Pass& pass, const Matrix<T>& qkv, std::size_t sequence,
                           std::size_t head) const;

  std::string name_;
  Options options_;
  Linear<T> qkv_;
  Linear<T> out_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
