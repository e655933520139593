// Scales vectors to one length: with a scale of 1 / temperature on one side, dot products become cosines over a
// temperature.
#pragma once

#include "engine/matrix_span.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// y = scale x / |x| by row. Rows shorter than 1e-12 (float; 1e-30 in double) have no direction: they are divided by
/// that length instead, and their gradient is 0. No parameters.
template <class T>
class L2Normalise {
 public:
  struct Cache {
    Vector<T> inverse_norms;  ///< (T)
  };

  explicit L2Normalise(double scale = 1) : scale_(static_cast<T>(scale)) {}

  /// y (T, D) from x (T, D); y may be x.
  void forward(MatrixSpan<const T> x, Cache& cache, Matrix<T>& y) const;

  /// From the output y and dy (T, D): writes dx (T, D), which may be dy.
  void backward(const Matrix<T>& y, const Cache& cache, const Matrix<T>& dy, Matrix<T>& dx) const;

 private:
  T scale_;
};

}  // namespace infodiet::engine
