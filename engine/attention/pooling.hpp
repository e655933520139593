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

/// What is weighed and averaged.
enum class PooledInputs {
  as_they_are,
  l2_normalised,  ///< x / |x|, so that long vectors do not win by length
};

/// y_b = sum over t of w_t x_t with w = softmax over the sequence of x_t . u. A sequence without tokens gives zeros.
/// Parameter "<name>.query" (D).
template <class T>
class AttentionPooling {
 public:
  struct Options {
    std::size_t width = 0;
    PooledInputs inputs = PooledInputs::as_they_are;
    double dropout = 0;  ///< on the weights
  };
  struct Cache {
    Matrix<T> normalised;  ///< (T, D) if inputs are normalised
    typename L2Normalise<T>::Cache norms;
    Matrix<T> normalisers;  ///< (B, 1)
  };
  /// For each sequence a row (1, L): 1 where a token counts, 0 where it does not; empty counts all.
  using Keep = std::span<const MatrixSpan<const std::uint8_t>>;

  AttentionPooling(ParameterLayout& layout, const std::string& name, const Options& options);

  /// y (B, D) from x (T, D).
  void forward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, const Matrix<T>& x,
               const Keep& keep, Cache& cache, Workspace<T>& workspace, Matrix<T>& y) const;

  /// From y and dy (B, D): writes dx (T, D), adds to the parameters' gradients.
  void backward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, const Matrix<T>& x,
                const Keep& keep, const Cache& cache, const Matrix<T>& y, const Matrix<T>& dy, Workspace<T>& workspace,
                Matrix<T>& dx, Parameters<T>& gradients) const;

  /// The weight of every token (T), before dropout, of the batch last run forward into `cache`.
  Vector<T> weights(const Parameters<T>& parameters, const Ragged& batch, const Matrix<T>& x, const Keep& keep,
                    const Cache& cache) const;

 private:
  const Matrix<T>& pooled(const Matrix<T>& x, const Cache& cache) const;
  void check(const Ragged& batch, const Matrix<T>& x, const Keep& keep) const;
  Attention<T> attention(const Ragged& batch, const Pass& pass, const Matrix<T>& pooled, const Keep& keep,
                         std::size_t sequence, std::span<const ScoreTerm<T>* const> terms) const;

  std::string name_;
  Options options_;
  ParameterHandle query_;
  L2Normalise<T> normalise_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
