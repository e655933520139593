// Layer normalisation over the width of every token (Ba, Kiros & Hinton 2016).
#pragma once

#include <string>

#include "engine/parameters.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Parameters "<name>.gain" and "<name>.bias" (D). y = gain (x - mean) / sqrt(variance + 1e-5) + bias.
template <class T>
class LayerNorm {
 public:
  struct Cache {
    Vector<T> mean;               ///< (T)
    Vector<T> inverse_deviation;  ///< (T)
  };

  LayerNorm(ParameterLayout& layout, const std::string& name, std::size_t width);

  /// y (T, D) from x (T, D); x and y must not be the same matrix.
  void forward(const Parameters<T>& parameters, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// From dy (T, D): writes dx (T, D), adds to the gradients of gain and bias. dx may be dy.
  void backward(const Parameters<T>& parameters, const Matrix<T>& x, const Cache& cache, const Matrix<T>& dy,
                Matrix<T>& dx, Parameters<T>& gradients) const;

 private:
  std::string name_;
  std::size_t width_;
  ParameterHandle gain_;
  ParameterHandle bias_;
};

}  // namespace infodiet::engine
