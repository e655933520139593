// Activations.
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

/// The self-normalising unit, y = scale (x > 0 ? x : alpha (exp(x) - 1)): a stack of layers keeps mean 0 and variance 1
/// without norms (Klambauer et al. 2017).
template <class T>
struct Selu {
  /// y has the shape of x and may be x.
  static void forward(const Matrix<T>& x, Matrix<T>& y);
  /// dx = dy scale (x > 0 ? 1 : alpha exp(x)); dx may be dy.
  static void backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx);
};

/// The rectified linear unit, y = max(x, 0) (Nair & Hinton 2010).
template <class T>
struct Relu {
  /// y has the shape of x and may be x.
  static void forward(const Matrix<T>& x, Matrix<T>& y);
  /// dx = dy where x > 0, else 0; dx may be dy.
  static void backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx);
};

/// y = x sigmoid(x), also called swish (Elfwing, Uchibe & Doya 2018).
template <class T>
struct Silu {
  /// y has the shape of x and may be x.
  static void forward(const Matrix<T>& x, Matrix<T>& y);
  /// dx = dy sigmoid(x) (1 + x (1 - sigmoid(x))); dx may be dy.
  static void backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx);
};

/// The gated unit silu(a) * b of the two halves of every row (Shazeer 2020).
template <class T>
struct Swiglu {
  /// y (T, H) from x = (a, b) (T, 2 H). Throws ShapeError if the width of x is odd.
  static void forward(const Matrix<T>& x, Matrix<T>& y);
  /// dx (T, 2 H) from dy (T, H).
  static void backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx);
};

}  // namespace infodiet::engine
