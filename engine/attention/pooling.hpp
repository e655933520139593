// Attention pooling: a whole sequence becomes the weighted average of its tokens, weighted by a learned query (the
// word attention of Yang et al. 2016 without its projection).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/attention/attend.hpp"
#include "engine/layers/l2_normalise.hpp"
#include "engine/parameters.hpp"
#include "engine/ragged.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// The vectors that are weighted and averaged.
enum class PooledInputs {
  raw,
  l2_normalised,  ///< x / |x|, so that the length of a vector does not matter
};

/// The sequences that are averaged.
template <class T>
struct PoolingInputs {
  const Ragged& batch;
  const Matrix<T>& tokens;  ///< (T, D)
  /// For each sequence a row (1, L): 1 where a token counts, 0 where it does not; empty counts all tokens.
  std::span<const MatrixSpan<const std::uint8_t>> keep = {};
};

/// y_b = sum over t of w_t x_t with w = softmax over the sequence of x_t . u. A sequence without tokens gives zeros.
/// Parameter "<name>.query" (D).
template <class T>
class AttentionPooling {
 public:
  struct Options {
    std::size_t width = 0;
    PooledInputs inputs = PooledInputs::raw;
    double dropout = 0;  ///< on the weights
  };
  struct Cache {
    Matrix<T> normalised;  ///< (T, D) if inputs are normalised
    typename L2Normalise<T>::Cache norms;
    Matrix<T> normalisers;  ///< (B, 1)
  };

  AttentionPooling(ParameterLayout& layout, const std::string& name, const Options& options);

  /// y (B, D)
  void forward(const Run<T>& run, const PoolingInputs<T>& in, Cache& cache, Matrix<T>& y) const;

  /// From y and dy (B, D): writes dx (T, D), the gradient of the tokens.
  void backward(const Run<T>& run, const PoolingInputs<T>& in, const Cache& cache, const Matrix<T>& y,
                const Matrix<T>& dy, Matrix<T>& dx) const;

  /// The weight of every token (T), before dropout, of the batch last run forward into `cache`.
  Vector<T> weights(const Parameters<T>& parameters, const PoolingInputs<T>& in, const Cache& cache) const;

 private:
  void check(const PoolingInputs<T>& in) const;
  // The vectors of one sequence that are weighted and averaged.
  MatrixSpan<const T> pooled(const PoolingInputs<T>& in, const Cache& cache, std::size_t sequence) const;
  Attention<T> attention(const PoolingInputs<T>& in, const Pass& pass, std::size_t sequence, MatrixSpan<const T> pooled,
                         std::span<const ScoreTerm<T>* const> terms) const;

  std::string name_;
  Options options_;
  ParameterHandle query_;
  L2Normalise<T> normalise_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
