// Two-stream attention: scores from the content and from a second stream such as positions, values from the content
// alone (Yang et al. 2019; He et al. 2020).
#pragma once

#include <string>

#include "engine/attention/head_plan.hpp"
#include "engine/attention/multi_head.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// The second stream has a row for each row of the first.
template <class T>
struct TwoStreamInputs {
  AttentionInputs<T> content;
  MatrixSpan<const T> second_query;  ///< (Tq, Ds)
  MatrixSpan<const T> second_key;    ///< (Tk, Ds)
};
template <class T>
struct TwoStreamGradients {
  AttentionInputGradients<T> content;
  MatrixSpan<T> second_query;
  MatrixSpan<T> second_key;
};

/// out = softmax(scale (q k^T + r s^T)) v with content q, k, v and second stream r, s. No parameters: the caller
/// provides the second stream.
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
  void forward(const Run<T>& run, const TwoStreamInputs<T>& in, Cache& cache, Matrix<T>& out) const;

  /// From out and dout (Tq, Dv): adds to the gradients of both streams.
  void backward(const Run<T>& run, const TwoStreamInputs<T>& in, const Cache& cache, const Matrix<T>& out,
                const Matrix<T>& dout, const TwoStreamGradients<T>& din) const;

  /// Weights (Lq, Lk) of one sequence of the batch last run forward into `cache`, before dropout.
  Matrix<T> weights(const TwoStreamInputs<T>& in, const Cache& cache, std::size_t sequence) const;

 private:
  HeadPlan<T> plan(const TwoStreamInputs<T>& in, const Pass& pass) const;
  T scale(const TwoStreamInputs<T>& in) const;

  std::string name_;
  Options options_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
