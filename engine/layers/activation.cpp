#include "engine/layers/activation.hpp"

#include <algorithm>
#include <cmath>

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
  require_shape(dy, x, "gelu", "the output's gradient", "is it from another forward pass?");
  dx.resize(x.shape());
  kernels::best<T>().gelu_backward(x.data(), dy.data(), dx.data(), x.size());
}

namespace {
constexpr double selu_alpha = 1.6732632423543772;
constexpr double selu_scale = 1.0507009873554805;
}  // namespace

template <class T>
void Selu<T>::forward(const Matrix<T>& x, Matrix<T>& y) {
  y.resize(x.shape());
  std::transform(x.begin(), x.end(), y.begin(), [](T value) {
    return static_cast<T>(selu_scale) * (value > 0 ? value : static_cast<T>(selu_alpha) * std::expm1(value));
  });
}

template <class T>
void Selu<T>::backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx) {
  require_shape(dy, x, "selu", "the output's gradient", "is it from another forward pass?");
  dx.resize(x.shape());
  std::transform(x.begin(), x.end(), dy.begin(), dx.begin(), [](T value, T gradient) {
    return gradient * static_cast<T>(selu_scale) * (value > 0 ? T{1} : static_cast<T>(selu_alpha) * std::exp(value));
  });
}

template <class T>
void Relu<T>::forward(const Matrix<T>& x, Matrix<T>& y) {
  y.resize(x.shape());
  kernels::best<T>().relu(x.data(), y.data(), x.size());
}

template <class T>
void Relu<T>::backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx) {
  require_shape(dy, x, "relu", "the output's gradient", "is it from another forward pass?");
  dx.resize(x.shape());
  kernels::best<T>().relu_backward(x.data(), dy.data(), dx.data(), x.size());
}

template <class T>
void Silu<T>::forward(const Matrix<T>& x, Matrix<T>& y) {
  y.resize(x.shape());
  kernels::best<T>().silu(x.data(), T{1}, y.data(), x.size());
}

template <class T>
void Silu<T>::backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx) {
  require_shape(dy, x, "silu", "the output's gradient", "is it from another forward pass?");
  dx.resize(x.shape());
  kernels::best<T>().silu_backward(x.data(), dy.data(), T{1}, dx.data(), x.size());
}

template <class T>
void Swiglu<T>::forward(const Matrix<T>& x, Matrix<T>& y) {
  const std::size_t half = x.shape(1) / 2;
  require_size(x.shape(1), 2 * half, "swiglu", "the input's width", "it is cut into two halves and so must be even");
  y.resize({x.shape(0), half});
  kernels::best<T>().swiglu(x.data(), x.shape(0), half, y.data());
}

template <class T>
void Swiglu<T>::backward(const Matrix<T>& x, const Matrix<T>& dy, Matrix<T>& dx) {
  require_shape(dy, {x.shape(0), x.shape(1) / 2}, "swiglu", "the output's gradient",
                "is it from another forward pass?");
  dx.resize(x.shape());
  kernels::best<T>().swiglu_backward(x.data(), dy.data(), dy.shape(0), dy.shape(1), dx.data());
}

template struct Gelu<float>;
template struct Gelu<double>;
template struct Selu<float>;
template struct Selu<double>;
template struct Relu<float>;
template struct Relu<double>;
template struct Silu<float>;
template struct Silu<double>;
template struct Swiglu<float>;
template struct Swiglu<double>;

}  // namespace infodiet::engine
