#include "engine/layers/activation.hpp"

#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
void Gelu<T>::forward(const Matrix<T>& x, Matrix<T>& y) {
  y.resize(x.shape());
  kernels::best<T>().gelu(x.data(), y.data(), x.size());
}

template <class T>
void Gelu<T>::backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx) {
  require_shape(dy, x.shape(0), x.shape(1), "gelu", "the output's gradient", "is it from another forward pass?");
  dx.resize(x.shape());
  kernels::best<T>().gelu_backward(x.data(), dy.data(), dx.data(), x.size());
}

template struct Gelu<float>;
template struct Gelu<double>;

}  // namespace infodiet::engine
