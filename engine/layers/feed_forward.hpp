// The token-wise feed-forward part of a transformer block: widen, activate, narrow.
#pragma once

#include <string>

#include "engine/layers/dropout.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"

namespace infodiet::engine {

/// The activation between the two products.
enum class Activation {
  gelu,    ///< h = gelu(x W1 + b1)
  relu,    ///< h = max(x W1 + b1, 0)
  swiglu,  ///< h = silu(a) * b with (a, b) = x W1 + b1, twice as wide (Shazeer 2020)
  selu,    ///< h = selu(x W1 + b1)
};

/// y = dropout(h) W2 + b2. Parameters "<name>.in.*" and "<name>.out.*".
template <class T>
class FeedForward {
 public:
  struct Options {
    std::size_t width = 0;
    std::size_t ffn_width = 0;  ///< width of h
    Activation activation = Activation::gelu;
    double dropout = 0;
  };
  struct Cache {
    Matrix<T> before;  ///< (T, ffn_width), or (T, 2 ffn_width) for swiglu, before the activation
    Matrix<T> after;   ///< (T, ffn_width) after activation and dropout
    DropoutBits kept;  ///< of `after`
  };

  FeedForward(ParameterLayout& layout, const std::string& name, const Options& options);

  /// y (T, D) from x (T, D).
  void forward(const Run<T>& run, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// `gradient` (T, D) is dy on entry and dx on return.
  void backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache, Matrix<T>& gradient) const;

 private:
  void activate(const Matrix<T>& before, Matrix<T>& after) const;
  void activate_backward(const Matrix<T>& before, const Matrix<T>& dafter, Matrix<T>& dbefore) const;

  Options options_;
  Linear<T> in_;
  Linear<T> out_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
