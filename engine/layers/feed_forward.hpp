// The token-wise feed-forward part of a transformer block: widen, GELU, narrow.
#pragma once

#include <string>

#include "engine/layers/dropout.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"
#include "engine/workspace.hpp"

namespace infodiet::engine {

/// y = dropout(gelu(x W1 + b1)) W2 + b2. Parameters "<name>.in.*" and "<name>.out.*".
template <class T>
class FeedForward {
 public:
  struct Options {
    std::size_t width = 0;
    std::size_t hidden = 0;
    double dropout = 0;
  };
  struct Cache {
    Matrix<T> before;  ///< (T, hidden) before the activation
    Matrix<T> after;   ///< (T, hidden) after activation and dropout
  };

  FeedForward(ParameterLayout& layout, const std::string& name, const Options& options);

  /// y (T, D) from x (T, D).
  void forward(const Parameters<T>& parameters, const Pass& pass, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// From dy (T, D): writes dx (T, D), adds to the parameters' gradients.
  void backward(const Parameters<T>& parameters, const Pass& pass, const Matrix<T>& x, const Cache& cache,
                const Matrix<T>& dy, Workspace<T>& workspace, Matrix<T>& dx, Parameters<T>& gradients) const;

 private:
  Linear<T> in_;
  Linear<T> out_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
