// Additive attention (Bahdanau, Cho & Bengio 2015): the score is a small network of query and key instead of a product.
#pragma once

#include <string>

#include "engine/attention/attend.hpp"
#include "engine/attention/inputs.hpp"
#include "engine/layers/linear.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// The score u . tanh(a_i + b_j) of projected queries a (Lq, A) and keys b (Lk, A).
template <class T>
class AdditiveScore final : public ScoreTerm<T> {
 public:
  struct Gradients {
    MatrixSpan<T> query;
    MatrixSpan<T> key;
    T* u = nullptr;  ///< (A)
  };
  /// u (A). Throws ShapeError if widths differ. Without gradients it runs forward only.
  AdditiveScore(MatrixSpan<const T> query, MatrixSpan<const T> key, const T* u, const Gradients& gradients = {});

  void require(std::size_t queries, std::size_t keys) const override;
  void add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const override;
  void backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>& workspace) const override;

 private:
  MatrixSpan<const T> query_;
  MatrixSpan<const T> key_;
  const T* u_;
  Gradients gradients_;
};

/// out = softmax(u . tanh(q Wq + k Wk)) v. Parameters "<name>.query.weight" (Dq, A), "<name>.key.weight" (Dk, A) and
/// "<name>.score" (A).
template <class T>
class AdditiveAttention {
 public:
  struct Options {
    std::size_t query_width = 0;
    std::size_t key_width = 0;
    std::size_t hidden = 0;  ///< A
    Mask mask = Mask::none;
    double dropout = 0;  ///< on the weights
  };
  struct Cache {
    Matrix<T> query;        ///< (Tq, A) q Wq
    Matrix<T> key;          ///< (Tk, A) k Wk
    Matrix<T> normalisers;  ///< (Tq, 1)
  };

  AdditiveAttention(ParameterLayout& layout, const std::string& name, const Options& options);

  /// out (Tq, Dv), values of any width.
  void forward(const Run<T>& run, const AttentionInputs<T>& in, Cache& cache, Matrix<T>& out) const;

  /// From out and dout (Tq, Dv): adds to the gradients of the inputs.
  void backward(const Run<T>& run, const AttentionInputs<T>& in, const Cache& cache, const Matrix<T>& out,
                const Matrix<T>& dout, const AttentionInputGradients<T>& din) const;

  /// Weights (Lq, Lk) of one sequence of the batch last run forward into `cache`, before dropout.
  Matrix<T> weights(const Parameters<T>& parameters, const AttentionInputs<T>& in, const Cache& cache,
                    std::size_t sequence) const;

 private:
  std::string name_;
  Options options_;
  Linear<T> query_;
  Linear<T> key_;
  ParameterHandle score_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
