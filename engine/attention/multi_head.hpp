// Dot-product attention of given queries, keys and values over ragged batches, in one or several heads: plain and
// scaled dot-product attention, and the core of self- and cross-attention, which add the projections.
#pragma once

#include <optional>
#include <string>

#include "engine/attention/adaptive_span.hpp"
#include "engine/attention/attend.hpp"
#include "engine/attention/inputs.hpp"
#include "engine/attention/interval_bias.hpp"
#include "engine/attention/relative_bias.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// What the dot products are multiplied by.
enum class ScoreScale {
  one,           ///< dot-product attention
  inverse_root,  ///< 1 / sqrt(Dh): scaled dot-product attention
};

/// Whether scores depend on the time between query and key.
enum class Intervals { ignored, biased };

/// Shape and kind of an attention without projections; its input fixes the widths.
struct MultiHeadOptions {
  std::size_t heads = 1;
  ScoreScale scale = ScoreScale::inverse_root;
  Mask mask = Mask::none;
  Weighting weighting = Weighting::softmax;
  double dropout = 0;                        ///< on the weights
  DistanceBuckets relative = {};             ///< a bias by distance, if it has buckets; self-attention only
  std::size_t longest_span = 0;              ///< heads learn their span, if it is not 0; self-attention only
  Intervals intervals = Intervals::ignored;  ///< a bias by time; self-attention only
};

/// Head h attends with columns [h D / H, (h + 1) D / H) of queries, keys and values. Parameters, depending on the
/// options: "<name>.relative.weight", "<name>.span" and "<name>.interval.weight".
template <class T>
class MultiHead {
 public:
  struct Cache {
    Matrix<T> normalisers;  ///< (Tq, H)
    typename RelativeBias<T>::ByOffset relative;
    typename AdaptiveSpan<T>::ByDistance spans;
    typename IntervalBias<T>::Cache intervals;
  };

  MultiHead(ParameterLayout& layout, const std::string& name, const MultiHeadOptions& options);

  /// out (Tq, Dv), the heads side by side. Throws ShapeError if shapes differ.
  void forward(const Run<T>& run, const AttentionInputs<T>& in, Cache& cache, MatrixSpan<T> out) const;

  /// From out and dout (Tq, Dv): adds to the gradients of the inputs.
  void backward(const Run<T>& run, const AttentionInputs<T>& in, const Cache& cache, MatrixSpan<const T> out,
                MatrixSpan<const T> dout, const AttentionInputGradients<T>& din) const;

  /// Weights (H, Lq, Lk) of one sequence of the batch last run forward into `cache`, before dropout.
  Tensor<T, 3> weights(const AttentionInputs<T>& in, const Cache& cache, std::size_t sequence) const;

  const MultiHeadOptions& options() const { return options_; }

 private:
  void check(const AttentionInputs<T>& in) const;

  std::string name_;
  MultiHeadOptions options_;
  std::optional<RelativeBias<T>> relative_;
  std::optional<AdaptiveSpan<T>> spans_;
  std::optional<IntervalBias<T>> intervals_;
  Dropout dropout_;
};

/// Throws ShapeError, naming the layer, unless `heads` divides `width`.
void require_heads(const std::string& name, std::size_t width, std::size_t heads);

}  // namespace infodiet::engine
