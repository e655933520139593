// Two-stream attention: scores from the content and from a second stream beside it, such as positions (Yang et al.
// 2019; He et al. 2020), values from the content alone.
#pragma once

#include <string>

#include "engine/attention/attend.hpp"
#include "engine/attention/inputs.hpp"
#include "engine/attention/multi_head.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// The second stream, one row for each row of the first.
template <class T>
struct SecondStream {
  MatrixSpan<const T> query;  ///< (Tq, Ds)
  MatrixSpan<const T> key;    ///< (Tk, Ds)
};
template <class T>
struct SecondStreamGradients {
  MatrixSpan<T> query;
  MatrixSpan<T> key;
};

/// out = softmax(scale (q k^T + r s^T)) v with content q, k, v and second stream r, s. No parameters: what the second
/// stream is made of is the caller's.
template <class T>
class TwoStreamAttention {
 public:
  struct Options {
    Mask mask = Mask::none;
    ScoreScale scale = ScoreScale::one;  ///< inverse_root counts the widths of both streams
    double dropout = 0;                  ///< on the weights
  };
  struct Cache {
    Matrix<T> normalisers;  ///< (Tq, 1)
  };

  TwoStreamAttention(ParameterLayout& layout, const std::string& name, const Options& options);

  /// out (Tq, Dv)
  void forward(const AttentionInputs<T>& in, const SecondStream<T>& second, const Pass& pass, Cache& cache,
               Workspace<T>& workspace, Matrix<T>& out) const;

  /// From out and dout (Tq, Dv): adds to the gradients of both streams.
  void backward(const AttentionInputs<T>& in, const SecondStream<T>& second, const Pass& pass, const Cache& cache,
                const Matrix<T>& out, const Matrix<T>& dout, const AttentionInputGradients<T>& din,
                const SecondStreamGradients<T>& dsecond, Workspace<T>& workspace) const;

  /// Weights (Lq, Lk) of one sequence of the batch last run forward into `cache`, before dropout.
  Matrix<T> weights(const AttentionInputs<T>& in, const SecondStream<T>& second, const Cache& cache,
                    std::size_t sequence) const;

 private:
  void check(const AttentionInputs<T>& in, const SecondStream<T>& second) const;
  T scale(const AttentionInputs<T>& in, const SecondStream<T>& second) const;

  std::string name_;
  Options options_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
