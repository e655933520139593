// Multi-head cross-attention: the tokens of one sequence attend to those of another, both ragged (Vaswani et al. 2017).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/attention/multi_head.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"
#include "engine/ragged.hpp"
#include "engine/workspace.hpp"

namespace infodiet::engine {

/// What cross-attention attends to: another batch with as many sequences as the queries'.
template <class T>
struct Memory {
  const Ragged& batch;
  const Matrix<T>& tokens;  ///< (Tm, Dm)
  /// Which tokens may be attended to, as in AttentionInputs; empty hides nothing.
  std::span<const MatrixSpan<const std::uint8_t>> keep = {};
  /// (Tm, Dm) backward adds the gradient of the tokens here; several layers may share it.
  Matrix<T>* gradient = nullptr;
};

/// y = concat over heads of softmax(q k^T / sqrt(D / H)) v, times Wo + bo; q = x Wq + bq, (k, v) = memory W + b.
/// Parameters "<name>.query.*" (D, D), "<name>.key_value.*" (Dm, 2 D: columns of k, then v) and "<name>.out.*" (D, D).
template <class T>
class CrossAttention {
 public:
  struct Options {
    std::size_t width = 0;         ///< D, of queries and output
    std::size_t memory_width = 0;  ///< Dm
    std::size_t heads = 1;         ///< divides the width
    Weighting weighting = Weighting::softmax;
    double dropout = 0;  ///< on the attention weights
  };
  struct Cache {
    Matrix<T> query;      ///< (T, D)
    Matrix<T> key_value;  ///< (Tm, 2 D)
    Matrix<T> context;    ///< (T, D) the heads side by side
    typename MultiHead<T>::Cache heads;
  };

  /// Throws ShapeError if heads does not divide width.
  CrossAttention(ParameterLayout& layout, const std::string& name, const Options& options);

  /// y (T, D) from x (T, D).
  void forward(const Run<T>& run, const Ragged& batch, const Memory<T>& memory, const Matrix<T>& x, Cache& cache,
               Matrix<T>& y) const;

  /// `gradient` (T, D) is dy on entry and dx on return; adds to memory.gradient. Throws ShapeError unless that has the
  /// memory's shape.
  void backward(const Run<T>& run, const Ragged& batch, const Memory<T>& memory, const Matrix<T>& x, const Cache& cache,
                Matrix<T>& gradient) const;

  /// Weights (H, L, Lm) of one sequence of the batch last run forward into `cache`: [head][query][key].
  Tensor<T, 3> weights(const Ragged& batch, const Memory<T>& memory, const Cache& cache, std::size_t sequence) const;

 private:
  AttentionInputs<T> inputs(const Ragged& batch, const Memory<T>& memory, const Cache& cache) const;

  std::string name_;
  std::size_t width_;
  Linear<T> query_;
  Linear<T> key_value_;
  MultiHead<T> heads_;
  Linear<T> out_;
};

}  // namespace infodiet::engine
