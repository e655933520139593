#include "engine/layers/linear.hpp"

#include "engine/gemm.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
Linear<T>::Linear(ParameterLayout& layout, const std::string& name, const Options& options)
    : name_(name),
      options_(options),
      weight_(layout.add_matrix(name + ".weight", options.in, options.out, options.initialiser)) {
  if (options.bias == Bias::yes) bias_ = layout.add_vector(name + ".bias", options.out, Initialiser::zeros());
}

template <class T>
void Linear<T>::forward_columns(const Parameters<T>& parameters, MatrixSpan<const T> x, std::size_t first,
                                MatrixSpan<T> y) const {
  require_shape(x, {x.rows, options_.in}, name_, "the input", "was the layer made for another width?");
  gemm<T>(plain<T>(x), plain<T>(parameters.matrix(weight_).cols_from(first, y.cols)), y);
  if (options_.bias == Bias::yes) kernels::best<T>().add_row(y.data, y.rows, y.cols, parameters.data(bias_) + first);
}

template <class T>
void Linear<T>::backward(const Parameters<T>& parameters, MatrixSpan<const T> x, const Matrix<T>& dy, Matrix<T>& dx,
                         Parameters<T>& gradients) const {
  backward_weights(x, dy, gradients);
  // forward: y = x W
  dx.resize({x.rows, options_.in});
  gemm<T>(plain<T>(dy), transposed<T>(parameters.matrix(weight_)), dx);
}

template <class T>
void Linear<T>::backward_weights(MatrixSpan<const T> x, const Matrix<T>& dy, Parameters<T>& gradients) const {
  require_shape(dy, {x.rows, options_.out}, name_, "the output's gradient", "is it from another forward pass?");
  // forward: y = x W
  gemm<T>(transposed<T>(x), plain<T>(dy), gradients.matrix(weight_), {.alpha = 1, .beta = 1});
  // forward: y += b
  if (options_.bias == Bias::yes) {
    kernels::best<T>().add_column_sums(dy.data(), dy.shape(0), options_.out, gradients.data(bias_));
  }
}

template class Linear<float>;
template class Linear<double>;

}  // namespace infodiet::engine
