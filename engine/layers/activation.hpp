// Activations applied to every element.
#pragma once

#include "engine/tensor.hpp"

namespace infodiet::engine {

/// The exact Gaussian error linear unit, y = x Phi(x) (Hendrycks & Gimpel 2016).
template <class T>
struct Gelu {
  /// y has the shape of x and may be x.
  static void forward(const Matrix<T>& x, Matrix<T>& y);
  /// dx = dy (Phi(x) + x phi(x)); dx may be dy.
  static void backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx);
};

}  // namespace infodiet::engine
