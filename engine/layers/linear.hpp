// An affine map of every token: y = x W + b.
#pragma once

#include <string>

#include "engine/parameters.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Whether a layer adds a bias.
enum class Bias : bool { no, yes };

/// Parameters "<name>.weight" (in, out) and "<name>.bias" (out). Throws ShapeError if shapes differ.
template <class T>
class Linear {
 public:
  struct Options {
    std::size_t in = 0;
    std::size_t out = 0;
    Bias bias = Bias::yes;
    Initialiser initialiser = Initialiser::normal(0.02);  ///< of W; b starts at 0
  };

  Linear(ParameterLayout& layout, const std::string& name, const Options& options);

  /// y (T, out) = x (T, in) W + b
  void forward(const Parameters<T>& parameters, MatrixSpan<const T> x, Matrix<T>& y) const {
    y.resize({x.rows, options_.out});
    forward_columns(parameters, x, 0, y);
  }
  /// The columns of y from `first` on, as many as the given y (T, any) has; its rows must be contiguous.
  void forward_columns(const Parameters<T>& parameters, MatrixSpan<const T> x, std::size_t first,
                       MatrixSpan<T> y) const;

  /// From dy (T, out): writes dx (T, in), adds to the gradients of W and b.
  void backward(const Parameters<T>& parameters, MatrixSpan<const T> x, const Matrix<T>& dy, Matrix<T>& dx,
                Parameters<T>& gradients) const;
  /// The same without dx, for an x that was not computed.
  void backward_weights(MatrixSpan<const T> x, const Matrix<T>& dy, Parameters<T>& gradients) const;

 private:
  std::string name_;
  Options options_;
  ParameterHandle weight_;
  ParameterHandle bias_;
};

}  // namespace infodiet::engine
